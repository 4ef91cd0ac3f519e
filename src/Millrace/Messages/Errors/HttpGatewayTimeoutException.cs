namespace Millrace;

/// <summary>504: the server behind this one did not answer in time (aiohttp: HTTPGatewayTimeout).</summary>
public sealed class HttpGatewayTimeoutException : HttpException
{
    /// <summary>Makes the answer.</summary>
    /// <param name="text">The body; null sends the status and its reason.</param>
    public HttpGatewayTimeoutException(string? text = null) : base(504, text)
    {
    }
}
