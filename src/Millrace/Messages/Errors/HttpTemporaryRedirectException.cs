namespace Millrace;

/// <summary>307: the resource is elsewhere for now; the method stays (aiohttp: HTTPTemporaryRedirect).</summary>
public sealed class HttpTemporaryRedirectException : HttpRedirectException
{
    /// <inheritdoc cref="HttpRedirectException"/>
    /// <param name="location">Where to: a URL or a path. What may not stand in a URL is percent-encoded.</param>
    /// <param name="text">The body; null sends the status and its reason.</param>
    /// <exception cref="ArgumentException">The location is empty or has control characters.</exception>
    public HttpTemporaryRedirectException(string location, string? text = null) : base(307, location, text)
    {
    }
}
