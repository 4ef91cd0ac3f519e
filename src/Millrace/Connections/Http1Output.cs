using Millrace.Protocol.Http1;
using Millrace.Protocol.Semantics;
using Millrace.Transport;

namespace Millrace.Connections;

/// <summary>What one HTTP/1 connection sends: heads and bodies collected in a buffer, and the way from there to the socket with its time limit.</summary>
internal sealed partial class Http1Output(Server server, Connection connection)
{
    /// <summary>Most bytes handed to the connection at once: between pieces a transport that tells nothing meanwhile shows progress.</summary>
    private const int PieceBytesMax = 64 * 1024;

    private readonly OutputBuffer _buffer = new(connection.Loop.Buffers);
    private WriteDeadline? _deadline;
    private LoopTurn _turn;
    private long _sent;

    /// <summary>Bytes that wait to be sent.</summary>
    public int Count => _buffer.Count;

    /// <summary>Bytes that ever came together here or were handed to the connection.</summary>
    public long Total => _sent + _buffer.Count;

    /// <summary>The limit of writes that the client came to, for which the connection was reset; or null.</summary>
    public ConnectionEnd? Cause => _deadline?.Cause;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_buffer.GetSpan(bytes.Length));
        _buffer.Advance(bytes.Length);
    }

    public void AppendText(string text, int byteCount) => _buffer.Advance(System.Text.Encoding.UTF8.GetBytes(text, _buffer.GetSpan(byteCount)));

    public void AppendChunkPrefix(int dataLength) => _buffer.Advance(ChunkWriter.WritePrefix(_buffer.GetSpan(ChunkWriter.PrefixBytesMax), dataLength));

    /// <exception cref="ArgumentException">A field that must not be a trailer stands among them (RFC 9110 section 6.5.1).</exception>
    public void AppendLastChunk(ResponseHeaders? trailers)
    {
        var fields = trailers is null ? [] : trailers.Fields;
        var span = _buffer.GetSpan(ChunkWriter.EndBytesMax(fields));
        _buffer.Advance(ChunkWriter.WriteEnd(span, fields));
    }

    /// <summary>An interim response: a status and fields, no framing (RFC 9110 section 15.2).</summary>
    public void AppendInterim(int status, ResponseHeaders headers) =>
        ResponseHeadWriter.Write(_buffer, new ResponseHead { Status = status, Connection = NamesUpgrade(headers), Framing = BodyFraming.None, Fields = headers.Fields });

    /// <summary>The head after which the bytes are another protocol's.</summary>
    public void AppendUpgrade(UpgradeResponse response) => AppendSwitch(response.WireStatus, response.HeadersIfAny is { } headers ? headers.Fields : []);

    /// <summary>The head after which the bytes are frames of a WebSocket.</summary>
    public void AppendWebSocket(WebSocketResponse response, KeyValuePair<string, string>[] handshake) =>
        AppendSwitch(101, response.HeadersIfAny is { } headers ? [.. headers.Fields, .. handshake] : handshake);

    public void AppendHead(StreamResponse response, in ResponseFraming framing, int minorVersion, ReadOnlySpan<byte> vary)
    {
        var headers = response.HeadersIfAny;
        ResponseHeadWriter.Write(_buffer, new ResponseHead
        {
            Status = response.Status,
            Reason = response.Reason,
            Date = headers is { HasDate: true } ? [] : server.Date,
            Server = headers is { HasServer: true } ? [] : server.ServerField,
            Connection = framing.Directive(minorVersion) | NamesUpgrade(headers),
            Framing = framing.Body,
            ContentLength = framing.ContentLength,
            ContentType = response.ContentTypeBytes,
            Vary = vary,
            Fields = headers is null ? [] : headers.Fields,
        });
    }

    /// <summary>The answer to a request that broke the protocol. The text is fixed: nothing of what the client sent comes back. Returns its length.</summary>
    public int AppendRefusal(ProtocolFault fault)
    {
        int before = _buffer.Count;
        string text = ProtocolFaults.Text(fault);
        ResponseHeadWriter.Write(_buffer, new ResponseHead
        {
            Status = ProtocolFaults.Status(fault),
            Date = server.Date,
            Server = server.ServerField,
            Connection = ConnectionDirective.Close,
            Framing = BodyFraming.Length,
            ContentLength = text.Length,
            ContentType = "text/plain; charset=utf-8"u8,
        });
        AppendText(text, text.Length);
        return _buffer.Count - before;
    }

    /// <summary>Sends what has come together; false when the connection is lost.</summary>
    public ValueTask<bool> FlushAsync() => SendAsync(default);

    /// <summary>Sends what has come together and <paramref name="body"/> behind it, without copying that; false when the connection is lost.</summary>
    public ValueTask<bool> SendAsync(ReadOnlyMemory<byte> body)
    {
        _sent += body.Length;
        var piece = body[..Math.Min(body.Length, PieceBytesMax)];
        _turn.Wrote(_buffer.Count + piece.Length);
        var write = connection.WriteAsync(_buffer.Written, piece);
        if (!write.IsCompletedSuccessfully || piece.Length < body.Length || _turn.IsOver)
            return FinishAsync(write, body[piece.Length..]);
        ClearSent();
        return write;
    }

    /// <summary>The connection has waited: its loop's others had their turn.</summary>
    public void BeginTurn() => _turn = default;

    /// <summary>Runs a callback on the connection's loop, behind the one that is running.</summary>
    public void Post(Action callback) => connection.Loop.Post(callback);

    /// <summary>The connection closes: everything goes back to where it was rented.</summary>
    public void Close()
    {
        if (_deadline is not null)
            connection.Loop.Timers.Remove(_deadline);
        _buffer.Clear();
    }

    /// <summary>RFC 9110 section 7.8.</summary>
    private static ConnectionDirective NamesUpgrade(ResponseHeaders? headers) => headers is { HasUpgrade: true } ? ConnectionDirective.Upgrade : ConnectionDirective.None;

    private void AppendSwitch(int status, ReadOnlySpan<KeyValuePair<string, string>> fields) =>
        ResponseHeadWriter.Write(_buffer, new ResponseHead
        {
            Status = status,
            Date = server.Date,
            Server = server.ServerField,
            Connection = status == 101 ? ConnectionDirective.Upgrade : ConnectionDirective.None,
            Framing = BodyFraming.None,
            Fields = fields,
        });

    private void ClearSent()
    {
        _sent += _buffer.Count;
        _buffer.Clear();
    }

    private async ValueTask<bool> FinishAsync(ValueTask<bool> write, ReadOnlyMemory<byte> rest)
    {
        while (true)
        {
            bool waits = StartsWait(write.IsCompleted);
            bool isSent = await write.ConfigureAwait(false);
            if ((waits && !_deadline!.Stop()) || !isSent)
                return false;
            ClearSent();
            if (_turn.IsOver)
                await YieldAsync().ConfigureAwait(false);
            if (rest.IsEmpty)
                return true;
            var piece = rest[..Math.Min(rest.Length, PieceBytesMax)];
            rest = rest[piece.Length..];
            _turn.Wrote(piece.Length);
            write = connection.WriteAsync(piece);
        }
    }

    /// <summary>A write that is not complete waits for the client, who has a limited time for it; the loop has others to see to meanwhile.</summary>
    private bool StartsWait(bool isCompleted)
    {
        if (isCompleted)
            return false;
        _turn = default;
        _deadline ??= new WriteDeadline(connection, server.Options);
        _deadline.Start();
        return true;
    }

    private async ValueTask YieldAsync()
    {
        _turn = default;
        await connection.Loop.YieldAsync();
    }
}
