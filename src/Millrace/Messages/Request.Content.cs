using Millrace.Messages;
using Millrace.Protocol.Semantics;

namespace Millrace;

public sealed partial class Request
{
    /// <summary>The media type of the body without its parameters, in lower case (aiohttp: <c>content_type</c>); <c>application/octet-stream</c> if the client sent none (RFC 9110 section 8.3).</summary>
    /// <exception cref="ObjectDisposedException">The request has ended.</exception>
    public string MediaType => BodyText.MediaType(ContentType) is { Length: > 0 } type ? type.ToLowerInvariant() : "application/octet-stream";

    /// <summary>The charset of Content-Type as sent, or null (aiohttp: <c>charset</c>).</summary>
    /// <exception cref="ObjectDisposedException">The request has ended.</exception>
    public string? Charset => BodyText.Charset(ContentType);

    /// <summary>The Content-Length as sent, or null (aiohttp: <c>content_length</c>).</summary>
    /// <exception cref="ObjectDisposedException">The request has ended.</exception>
    public long? ContentLength => _view.Take(0, static (view, _) => view.Head.Contains(KnownField.ContentLength) ? view.Head.ContentLength : (long?)null);

    /// <summary>Whether the client wants the connection to go on behind this request (RFC 9112 section 9.3; aiohttp: <c>keep_alive</c>).</summary>
    /// <exception cref="ObjectDisposedException">The request has ended.</exception>
    public bool KeepAlive => _view.Take(0, static (view, _) => view.Head.KeepAlive);

    /// <summary>Whether the client sends a body, be it read already (aiohttp: <c>body_exists</c>). One of no bytes is none.</summary>
    public bool HasBody => _body is not EmptyBody;

    /// <summary>Whether there is a body with something left to read (aiohttp: <c>can_read_body</c>).</summary>
    /// <exception cref="HttpException">The body's coding is unknown here (415).</exception>
    public bool CanReadBody => HasBody && !Body.IsCompleted;
}
