namespace Millrace;

/// <summary>300: there are several representations, and this is the preferred one (aiohttp: HTTPMultipleChoices).</summary>
public sealed class HttpMultipleChoicesException : HttpRedirectException
{
    /// <inheritdoc cref="HttpRedirectException"/>
    /// <param name="location">Where to: a URL or a path. What may not stand in a URL is percent-encoded.</param>
    /// <param name="text">The body; null sends the status and its reason.</param>
    /// <exception cref="ArgumentException">The location is empty or has control characters.</exception>
    public HttpMultipleChoicesException(string location, string? text = null) : base(300, location, text)
    {
    }
}
