using System.Globalization;

namespace Millrace;

/// <summary>416: none of the ranges that were asked for is there (aiohttp: HTTPRequestRangeNotSatisfiable).</summary>
public sealed class HttpRangeNotSatisfiableException : HttpException
{
    /// <summary>Makes the answer, with Content-Range if the length is known (RFC 9110 section 15.5.17).</summary>
    /// <param name="length">The bytes that there are; null if that is not known.</param>
    /// <param name="text">The body; null sends the status and its reason.</param>
    /// <exception cref="ArgumentOutOfRangeException">The length is negative.</exception>
    public HttpRangeNotSatisfiableException(long? length = null, string? text = null) : base(416, text)
    {
        if (length is not { } bytes)
            return;
        ArgumentOutOfRangeException.ThrowIfNegative(bytes, nameof(length));
        Headers["Content-Range"] = string.Create(CultureInfo.InvariantCulture, $"bytes */{bytes}");
    }
}
