namespace Millrace;

/// <summary>308: the resource lives elsewhere for good; the method stays (aiohttp: HTTPPermanentRedirect).</summary>
public sealed class HttpPermanentRedirectException : HttpRedirectException
{
    /// <inheritdoc cref="HttpRedirectException"/>
    /// <param name="location">Where to: a URL or a path. What may not stand in a URL is percent-encoded.</param>
    /// <param name="text">The body; null sends the status and its reason.</param>
    /// <exception cref="ArgumentException">The location is empty or has control characters.</exception>
    public HttpPermanentRedirectException(string location, string? text = null) : base(308, location, text)
    {
    }
}
