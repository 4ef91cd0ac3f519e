using Millrace.Messages;
using Millrace.Protocol.Semantics;

namespace Millrace;

/// <summary>
/// A response whose body is written piece by piece: <see cref="PrepareAsync"/> sends the head, <see cref="WriteAsync(ReadOnlyMemory{byte}, CancellationToken)"/>
/// the pieces, and the end comes when the handler returns it (aiohttp: StreamResponse).
/// </summary>
public partial class StreamResponse
{
    private ResponseHeaders? _headers;

    // Where there are no other fields, which is nearly always: it needs no list then. In the headers once those are there.
    private string? _contentType;
    private byte[] _contentTypeBytes = [];
    private ResponseWriter? _writer;
    private ResponseHeaders? _trailers;
    private ContentCoding _coding = ContentCoding.Identity;
    private bool _ended;

    /// <summary>Makes a response with a status.</summary>
    /// <param name="status">The status, 200 to 599; default 200.</param>
    /// <exception cref="ArgumentOutOfRangeException">The status is not a final one.</exception>
    public StreamResponse(int status = 200)
    {
        Status = status;
    }

    /// <summary>The status, 200 to 599 (RFC 9110 section 15).</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to what is not a final status.</exception>
    /// <exception cref="InvalidOperationException">Set after the head was sent.</exception>
    public int Status
    {
        get;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 200);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 599);
            ThrowIfPrepared();
            field = value;
        }
    }

    /// <summary>The reason phrase; null, the default, sends the registered one.</summary>
    /// <exception cref="ArgumentException">Set to a text with line breaks or other control characters.</exception>
    public string? Reason
    {
        get;
        set
        {
            if (value is not null)
                OutgoingFields.CheckReason(value);
            ThrowIfPrepared();
            field = value;
        }
    }

    /// <summary>The header fields. Changes after the head was sent have no effect.</summary>
    public ResponseHeaders Headers => _headers ??= new ResponseHeaders(_contentType);

    /// <summary>The Content-Type field, which stands among the <see cref="Headers"/> too; null sends none.</summary>
    /// <exception cref="ArgumentException">Set to a text with line breaks or other control characters.</exception>
    public string? ContentType
    {
        get => _headers is null ? _contentType : _headers["Content-Type"];
        set
        {
            if (value is not null)
                OutgoingFields.CheckValue("Content-Type", value);
            SetContentType(value, value is null ? [] : System.Text.Encoding.Latin1.GetBytes(value));
        }
    }

    /// <summary>The number of bytes the body will have; null, the default, sends it in chunks (RFC 9112 section 7.1).</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to a negative number.</exception>
    public long? ContentLength
    {
        get;
        set
        {
            if (value is { } length)
                ArgumentOutOfRangeException.ThrowIfNegative(length);
            ThrowIfPrepared();
            field = value;
        }
    }

    /// <summary>Fields that follow the body (RFC 9110 section 6.5). They reach clients of HTTP/1.1 when the body is sent in chunks; others never see them.</summary>
    /// <remarks>Fields that frame, route or authenticate a message may not stand here: ending the response throws <see cref="ArgumentException"/> then.</remarks>
    public ResponseHeaders Trailers => _trailers ??= new ResponseHeaders();

    /// <summary>True once the head was sent.</summary>
    public bool IsPrepared => _writer is not null;

    internal bool ClosesConnection { get; private set; }

    /// <summary>The length to announce, where it is known before the head is sent.</summary>
    internal virtual long? DeclaredLength => ContentLength;

    /// <summary>Whether the body comes right behind the head, so that the two leave together.</summary>
    internal virtual bool BodyFollowsAtOnce => false;

    internal ResponseHeaders? HeadersIfAny => _headers;

    /// <summary>The Content-Type to write, unless one stands among the headers.</summary>
    internal ReadOnlySpan<byte> ContentTypeBytes => _headers is null ? _contentTypeBytes : [];

    /// <summary>The connection is closed after this response.</summary>
    public void ForceClose() => ClosesConnection = true;

    /// <summary>Sends the head to the client of <paramref name="request"/>. A second call does nothing.</summary>
    /// <exception cref="InvalidOperationException">The request has been answered already.</exception>
    /// <exception cref="IOException">The client is gone.</exception>
    public ValueTask PrepareAsync(Request request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return StartAsync(request);
    }

    /// <summary>Writes a piece of the body. It is on its way to the client when this completes; a client that reads too slowly makes it wait.</summary>
    /// <exception cref="InvalidOperationException">The head was not sent, the response is at its end, or more is written than <see cref="ContentLength"/> says.</exception>
    /// <exception cref="IOException">The client is gone.</exception>
    public ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken = default)
    {
        if (_writer is null)
            throw new InvalidOperationException("The head comes first: call PrepareAsync(request) before WriteAsync.");
        if (_ended)
            throw new InvalidOperationException("The response is at its end: nothing can be written after WriteEofAsync.");
        return _writer.WriteAsync(data, cancellationToken);
    }

    /// <summary>Writes a piece of the body as UTF-8; see <see cref="WriteAsync(ReadOnlyMemory{byte}, CancellationToken)"/>.</summary>
    public ValueTask WriteAsync(string text, CancellationToken cancellationToken = default) =>
        WriteAsync(System.Text.Encoding.UTF8.GetBytes(text), cancellationToken);

    /// <summary>Ends the body. The server does it for a response that the handler returns.</summary>
    /// <exception cref="InvalidOperationException">The head was not sent, or less was written than <see cref="ContentLength"/> says.</exception>
    public ValueTask WriteEofAsync(CancellationToken cancellationToken = default)
    {
        if (_writer is null)
            throw new InvalidOperationException("The head comes first: call PrepareAsync(request) before WriteEofAsync.");
        if (_ended)
            return ValueTask.CompletedTask;
        _ended = true;
        return EndAsync(_writer, _trailers, cancellationToken);
    }

    /// <summary>The response will not be sent any further: whatever its body holds open is let go. Called on every path, also where nothing was sent (CVE-2026-54280).</summary>
    internal virtual ValueTask ReleaseAsync() => ValueTask.CompletedTask;

    /// <summary>Where the body goes, once the head is out.</summary>
    private protected ResponseWriter? Writer => _writer;

    private protected virtual async ValueTask StartAsync(Request request)
    {
        if (_writer is not null)
            return;
        BeforeHead(request);
        var writer = await request.StartResponseAsync(this).ConfigureAwait(false);
        _writer = _coding == ContentCoding.Identity ? writer : new CompressedWriter(writer, _coding, ResponseCompression.RulesFor(this, request)!.Level);
    }

    private protected virtual ValueTask EndAsync(ResponseWriter writer, ResponseHeaders? trailers, CancellationToken cancellationToken) =>
        writer.EndAsync(trailers, cancellationToken);

    /// <summary>A type known to be proper, with its bytes made once.</summary>
    private protected void SetContentType(string? contentType, byte[] bytes)
    {
        if (_headers is not null)
            _headers["Content-Type"] = contentType;
        _contentType = contentType;
        _contentTypeBytes = bytes;
    }

    private protected void CopyHead(StreamResponse other)
    {
        Reason = other.Reason;
        Compression = other.Compression;
        ClosesConnection = other.ClosesConnection;
        _contentType = other._contentType;
        _contentTypeBytes = other._contentTypeBytes;
        if (other._headers is null)
            return;
        _headers = new ResponseHeaders();
        _headers.AddAll(other._headers);
    }

    private void ThrowIfPrepared()
    {
        if (_writer is not null)
            throw new InvalidOperationException("The head of this response was sent: change it before PrepareAsync.");
    }
}
