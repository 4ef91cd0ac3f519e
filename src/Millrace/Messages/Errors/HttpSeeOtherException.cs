namespace Millrace;

/// <summary>303: the answer is found by a GET elsewhere, as after a form (aiohttp: HTTPSeeOther).</summary>
public sealed class HttpSeeOtherException : HttpRedirectException
{
    /// <inheritdoc cref="HttpRedirectException"/>
    /// <param name="location">Where to: a URL or a path. What may not stand in a URL is percent-encoded.</param>
    /// <param name="text">The body; null sends the status and its reason.</param>
    /// <exception cref="ArgumentException">The location is empty or has control characters.</exception>
    public HttpSeeOtherException(string location, string? text = null) : base(303, location, text)
    {
    }
}
