namespace Millrace;

/// <summary>302: the resource is elsewhere for now; a client may turn a POST into a GET (aiohttp: HTTPFound).</summary>
public sealed class HttpFoundException : HttpRedirectException
{
    /// <inheritdoc cref="HttpRedirectException"/>
    /// <param name="location">Where to: a URL or a path. What may not stand in a URL is percent-encoded.</param>
    /// <param name="text">The body; null sends the status and its reason.</param>
    /// <exception cref="ArgumentException">The location is empty or has control characters.</exception>
    public HttpFoundException(string location, string? text = null) : base(302, location, text)
    {
    }
}
