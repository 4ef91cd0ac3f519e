namespace Millrace;

/// <summary>431: the header fields are larger than is read here (RFC 6585) (aiohttp: HTTPRequestHeaderFieldsTooLarge).</summary>
public sealed class HttpRequestHeaderFieldsTooLargeException : HttpException
{
    /// <summary>Makes the answer.</summary>
    /// <param name="text">The body; null sends the status and its reason.</param>
    public HttpRequestHeaderFieldsTooLargeException(string? text = null) : base(431, text)
    {
    }
}
