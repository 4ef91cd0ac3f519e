using System.Net;
using System.Net.Sockets;
using System.Text;
using Millrace.Cases;
using Millrace.Fuzz.Engine;

namespace Millrace.Differential;

/// <summary>How long nothing must come before it counts as waiting: before the first answer, and behind each.</summary>
internal sealed record Silence(TimeSpan BeforeFirst, TimeSpan Between)
{
    public static readonly Silence Short = new(TimeSpan.FromMilliseconds(300), TimeSpan.FromMilliseconds(40));

    /// <summary>For a second look at a disagreement, which may only have been a slow moment.</summary>
    public static readonly Silence Long = new(TimeSpan.FromSeconds(2), TimeSpan.FromMilliseconds(700));
}

/// <summary>Shows bytes to a server on a connection of their own and waits until it closes or falls silent.</summary>
internal static class Exchange
{
    private const int BufferBytes = 16 * 1024;

    // Kestrel answers the preface of HTTP/2 in HTTP/2: the head of a GOAWAY frame (RFC 9113 6.8).
    private const string Http2GoAway = "\0\0\b\a\0\0\0\0\0";

    /// <exception cref="BrokenInvariantException">What came back are no responses.</exception>
    public static async Task<Outcome> RunAsync(IPEndPoint server, byte[] bytes, Silence silence)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        // Reset at the end: a hundred thousand connections would else each keep a port for a minute.
        socket.LingerState = new LingerOption(true, 0);
        await socket.ConnectAsync(server);
        var answers = new StringBuilder();
        var ending = Ending.Closed;
        try
        {
            await socket.SendAsync(bytes);
            byte[] buffer = new byte[BufferBytes];
            using var patience = new CancellationTokenSource();
            while (true)
            {
                patience.CancelAfter(answers.Length == 0 ? silence.BeforeFirst : silence.Between);
                int count = await socket.ReceiveAsync(buffer, patience.Token);
                if (count == 0)
                    break;
                answers.Append(Encoding.Latin1.GetString(buffer, 0, count));
            }
        }
        catch (OperationCanceledException)
        {
            ending = Ending.Waits;
        }
        catch (SocketException)
        {
            // A reset is a close with less courtesy.
        }
        string text = answers.ToString();
        int goAway = text.IndexOf(Http2GoAway, StringComparison.Ordinal);
        if (goAway >= 0)
            text = text[..goAway];
        if (!ResponseParser.TryParse(text, ending == Ending.Closed, out var responses))
            throw new BrokenInvariantException($"{server} was shown {CaseFile.Escape(bytes)} and answered {CaseFile.Escape(Encoding.Latin1.GetBytes(text))}");
        return Outcome.Of(responses, goAway >= 0 ? Outcome.RefusedInHttp2 : null, ending);
    }
}
