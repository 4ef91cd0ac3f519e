using System.Net;
using System.Text;
using Millrace.Fuzz.Engine;
using Millrace.Testing;
using Millrace.Transport;

namespace Millrace.Fuzz.Targets;

/// <summary>
/// Whatever a client sends, every answer is a well-formed response, there is one for each request that reached the handler and at most one
/// refusal behind them, the connection ends when the client has ended, nothing is logged as an error, no buffer stays out, and none of it
/// depends on how the bytes were cut.
/// </summary>
internal sealed class ConnectionTarget : FuzzTarget
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly ErrorLog _log = new();
    private readonly InMemoryTransport _transport;
    private readonly Server _server;
    private readonly EndPoint _endPoint;
    private readonly byte[] _buffer = new byte[16 * 1024];
    private readonly HashSet<int> _expecting = [];
    private int _handled;

    public ConnectionTarget()
    {
        // The Date field is left out: it is the one thing that may differ between two runs.
        var options = new ServerOptions { DateHeader = false, BodyBytesMax = 1000, HeadBytesMax = 1200, RequestLineBytesMax = 400, FieldCountMax = 30 };
        _transport = new InMemoryTransport(new TransportOptions { Loops = 1 });
        _server = new Server(AnswerAsync, options, _transport, _log);
        _endPoint = _server.Listen(new IPEndPoint(IPAddress.Loopback, 0), new ListenOptions());
    }

    public override string Name => "connection";

    public override bool TakesCases => true;

    public override int Check(byte[] input, Random cuts)
    {
        string whole = Show([input]);
        foreach (var pieces in Cuts.Of(input, cuts))
            Invariant.Same(whole, Show(pieces), "the answers to bytes whole and cut");
        return Hash.Of(Encoding.Latin1.GetBytes(whole));
    }

    public override void Dispose()
    {
        _server.StopAsync(Patience).Wait(Patience);
        _server.DisposeAsync().AsTask().Wait(Patience);
        base.Dispose();
    }

    private string Show(IEnumerable<byte[]> pieces) => ShowAsync(pieces).WaitAsync(Patience).GetAwaiter().GetResult();

    private async Task<string> ShowAsync(IEnumerable<byte[]> pieces)
    {
        _handled = 0;
        _expecting.Clear();
        string answers;
        using (var client = _transport.Connect(_endPoint))
        {
            foreach (byte[] piece in pieces)
                await client.WriteAsync(piece);
            client.CompleteWrites();
            answers = await ReadAllAsync(client);
        }
        await EndAsync();
        Invariant.Holds(ResponseParser.TryParse(answers, atEnd: true, out var responses), "the last response is whole");
        var final = responses.Where(response => response.Status >= 200).ToList();
        Invariant.Holds(final.Count == _handled || final.Count == _handled + 1, $"{final.Count} responses for {_handled} requests");
        Invariant.Holds(final.Count == _handled || final[^1].Closes, "a refusal ends the connection");
        // 413 may leave the connection in order, a broken body never does.
        int broken = final.FindIndex(response => response.Status == 400);
        Invariant.Holds(broken < 0 || (broken == final.Count - 1 && final[^1].Closes), "nothing follows a broken request");
        Invariant.Holds(_log.TakeError() is null, "an error was logged");
        // Whoever asks first and is refused before a byte of the body came may send it or not, so that connection closes; with the body
        // under way it goes on (RFC 9110 10.1.1). What follows such an answer depends on the cuts rightly.
        int asked = final.FindIndex(response => response.Status == 413);
        if (asked >= 0 && _expecting.Contains(asked))
            final = [.. final.Take(asked)];
        // 100 (Continue) may come or not, according to how much of the body was there.
        return string.Join('\n', final.Select(response => $"{response.Status} {string.Join(' ', response.Fields)} {response.Body}"));
    }

    private async Task<string> ReadAllAsync(InMemoryClientStream client)
    {
        var answers = new StringBuilder();
        for (int count; (count = await client.ReadAsync(_buffer)) > 0;)
            answers.Append(Encoding.Latin1.GetString(_buffer, 0, count));
        return answers.ToString();
    }

    // The server's side of the connection ends within the client's calls, or within a moment where a thread of the pool takes part.
    private async Task EndAsync()
    {
        for (int turns = 0; _server.ConnectionCount > 0 || Rented > 0; turns++)
        {
            Invariant.Holds(turns < 2000, $"{_server.ConnectionCount} connections and {Rented} buffers stay behind");
            await Task.Delay(1);
        }
    }

    private int Rented => _transport.Loops.Sum(loop => loop.Buffers.Rented);

    private async ValueTask<StreamResponse> AnswerAsync(Request request)
    {
        if (request.Headers.Contains("Expect"))
            _expecting.Add(_handled);
        _handled++;
        var body = await request.ReadAsync();
        var text = $"{request.RawTarget}|{request.Path}|{request.Host}|{request.Query.Count}|{request.Cookies.Count}|{request.Headers.Count}|{Encoding.Latin1.GetString(body.Span)}";
        // A success of CONNECT would open a tunnel, which has no framing.
        var response = Response.Bytes(Encoding.Latin1.GetBytes(text), request.Method == "CONNECT" ? 405 : 200);
        response.Headers[ResponseParser.MethodField] = request.Method;
        return response;
    }
}
