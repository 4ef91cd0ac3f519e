using System.Globalization;

namespace Millrace;

/// <summary>429: the client asks too often (RFC 6585) (aiohttp: HTTPTooManyRequests).</summary>
public sealed class HttpTooManyRequestsException : HttpException
{
    /// <summary>Makes the answer.</summary>
    /// <param name="retryAfter">When to come back, rounded up to seconds (Retry-After, RFC 9110 section 10.2.3); null does not say.</param>
    /// <param name="text">The body; null sends the status and its reason.</param>
    /// <exception cref="ArgumentOutOfRangeException">The time is negative.</exception>
    public HttpTooManyRequestsException(TimeSpan? retryAfter = null, string? text = null) : base(429, text)
    {
        RetryAfter = retryAfter;
        if (retryAfter is not { } time)
            return;
        ArgumentOutOfRangeException.ThrowIfLessThan(time, TimeSpan.Zero, nameof(retryAfter));
        Headers["Retry-After"] = ((long)Math.Ceiling(time.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>When to come back, if it was said.</summary>
    public TimeSpan? RetryAfter { get; }
}
