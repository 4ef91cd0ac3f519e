using System.Text;
using Millrace.Protocol.Semantics;

namespace Millrace;

public sealed partial class Request
{
    /// <summary>The tags of If-Match (aiohttp: <c>if_match</c>); null if there is no such field. A malformed tag matches nothing.</summary>
    /// <exception cref="ObjectDisposedException">The request has ended.</exception>
    public IReadOnlyList<ETag>? IfMatch => TagsOf(KnownField.IfMatch);

    /// <summary>The tags of If-None-Match (aiohttp: <c>if_none_match</c>); null if there is no such field. A malformed tag matches nothing.</summary>
    /// <exception cref="ObjectDisposedException">The request has ended.</exception>
    public IReadOnlyList<ETag>? IfNoneMatch => TagsOf(KnownField.IfNoneMatch);

    /// <summary>The date of If-Modified-Since (aiohttp: <c>if_modified_since</c>); null if there is none or it is malformed (RFC 9110 section 13.1.3).</summary>
    /// <exception cref="ObjectDisposedException">The request has ended.</exception>
    public DateTimeOffset? IfModifiedSince => DateOf(Headers.Find(KnownField.IfModifiedSince));

    /// <summary>The date of If-Unmodified-Since (aiohttp: <c>if_unmodified_since</c>); null if there is none or it is malformed (RFC 9110 section 13.1.4).</summary>
    /// <exception cref="ObjectDisposedException">The request has ended.</exception>
    public DateTimeOffset? IfUnmodifiedSince => DateOf(Headers.Find(KnownField.IfUnmodifiedSince));

    /// <summary>The condition of If-Range (aiohttp: <c>if_range</c>, which knows dates only); null if there is no such field. A malformed one is a condition that nothing meets.</summary>
    /// <exception cref="ObjectDisposedException">The request has ended.</exception>
    public RangeCondition? IfRange
    {
        get
        {
            if (Headers.Find(KnownField.IfRange) is not { } value)
                return null;
            return ETag.TryParse(value, out var tag) ? new RangeCondition(tag, null) : new RangeCondition(null, DateOf(value));
        }
    }

    /// <summary>The ranges of bytes that the client asks for (aiohttp: <c>http_range</c>); null if it asks for none, in another unit or malformed, which is to be ignored (RFC 9110 section 14.2).</summary>
    /// <exception cref="ObjectDisposedException">The request has ended.</exception>
    public IReadOnlyList<ByteRange>? Range => Headers.Find(KnownField.Range) is { } value ? ByteRange.ParseList(value) : null;

    private List<ETag>? TagsOf(KnownField field) =>
        Headers.Find(field) is null ? null : ETag.ParseList(Headers.GetValues(FieldNames.Name(field)));

    private DateTimeOffset? DateOf(string? field)
    {
        // The longest form, of RFC 850, has 33 characters.
        if (field is null || field.Length > 40)
            return null;
        Span<byte> bytes = stackalloc byte[40];
        int length = Encoding.Latin1.GetBytes(field, bytes);
        return HttpDate.TryParse(bytes[..length], _settings.TimeProvider.GetUtcNow(), out var date) ? date : null;
    }
}
