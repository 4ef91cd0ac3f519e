namespace Millrace;

/// <summary>403: the client is known or does not matter, and may not (aiohttp: HTTPForbidden).</summary>
public sealed class HttpForbiddenException : HttpException
{
    /// <summary>Makes the answer.</summary>
    /// <param name="text">The body; null sends the status and its reason.</param>
    public HttpForbiddenException(string? text = null) : base(403, text)
    {
    }
}
