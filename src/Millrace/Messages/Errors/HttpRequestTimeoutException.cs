namespace Millrace;

/// <summary>408: the request did not come in time (aiohttp: HTTPRequestTimeout).</summary>
public sealed class HttpRequestTimeoutException : HttpException
{
    /// <summary>Makes the answer.</summary>
    /// <param name="text">The body; null sends the status and its reason.</param>
    public HttpRequestTimeoutException(string? text = null) : base(408, text)
    {
    }
}
