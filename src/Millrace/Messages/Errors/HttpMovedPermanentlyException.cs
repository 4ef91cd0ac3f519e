namespace Millrace;

/// <summary>301: the resource lives elsewhere for good; a client may turn a POST into a GET (aiohttp: HTTPMovedPermanently).</summary>
public sealed class HttpMovedPermanentlyException : HttpRedirectException
{
    /// <inheritdoc cref="HttpRedirectException"/>
    /// <param name="location">Where to: a URL or a path. What may not stand in a URL is percent-encoded.</param>
    /// <param name="text">The body; null sends the status and its reason.</param>
    /// <exception cref="ArgumentException">The location is empty or has control characters.</exception>
    public HttpMovedPermanentlyException(string location, string? text = null) : base(301, location, text)
    {
    }
}
