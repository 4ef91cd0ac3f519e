using System.Globalization;

namespace Millrace;

/// <summary>503: the server cannot now, and will again (aiohttp: HTTPServiceUnavailable).</summary>
public sealed class HttpServiceUnavailableException : HttpException
{
    /// <summary>Makes the answer.</summary>
    /// <param name="retryAfter">When to come back, rounded up to seconds (Retry-After, RFC 9110 section 10.2.3); null does not say.</param>
    /// <param name="text">The body; null sends the status and its reason.</param>
    /// <exception cref="ArgumentOutOfRangeException">The time is negative.</exception>
    public HttpServiceUnavailableException(TimeSpan? retryAfter = null, string? text = null) : base(503, text)
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
