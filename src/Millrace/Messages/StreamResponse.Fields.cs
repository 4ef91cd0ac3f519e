using Millrace.Protocol.Semantics;

namespace Millrace;

public partial class StreamResponse
{
    /// <summary>The ETag field (RFC 9110 section 8.8.3; aiohttp: <c>etag</c>); null, the default, sends none.</summary>
    /// <exception cref="ArgumentException">Set to <see cref="ETag.Any"/>.</exception>
    public ETag? ETag
    {
        get => Millrace.ETag.TryParse(_headers?["ETag"], out var tag) ? tag : null;
        set
        {
            if (value is { IsAny: true })
                throw new ArgumentException("A response has one tag: ETag.Any stands in requests alone.", nameof(value));
            SetField("ETag", value?.ToString());
        }
    }

    /// <summary>The Last-Modified field (RFC 9110 section 8.8.2; aiohttp: <c>last_modified</c>), cut to whole seconds so that it is never later than the change; null, the default, sends none.</summary>
    public DateTimeOffset? LastModified
    {
        get
        {
            Span<byte> bytes = stackalloc byte[HttpDate.Length];
            return _headers?["Last-Modified"] is { Length: HttpDate.Length } text && System.Text.Encoding.Latin1.TryGetBytes(text, bytes, out _)
                && HttpDate.TryParse(bytes, default, out var time) ? time : null;
        }
        set => SetField("Last-Modified", value is { } time ? HttpDate.ToString(time) : null);
    }

    /// <summary>The Cache-Control field (RFC 9111 section 5.2), as <c>public, max-age=3600</c>; null, the default, sends none.</summary>
    /// <exception cref="ArgumentException">Set to a text with line breaks or other control characters.</exception>
    public string? CacheControl
    {
        get => _headers?["Cache-Control"];
        set => SetField("Cache-Control", value);
    }

    /// <inheritdoc cref="ResponseHeaders.SetCookie(ResponseCookie)"/>
    public void SetCookie(ResponseCookie cookie) => Headers.SetCookie(cookie);

    /// <inheritdoc cref="ResponseHeaders.SetCookie(string, string)"/>
    public void SetCookie(string name, string value) => Headers.SetCookie(name, value);

    /// <inheritdoc cref="ResponseHeaders.DeleteCookie(string, string?, string?)"/>
    public void DeleteCookie(string name, string? path = "/", string? domain = null) => Headers.DeleteCookie(name, path, domain);

    private void SetField(string name, string? value)
    {
        ThrowIfPrepared();
        if (value is not null)
            Headers[name] = value;
        else
            _headers?.Remove(name);
    }
}
