namespace Millrace;

/// <summary>502: the server behind this one gave no sensible answer (aiohttp: HTTPBadGateway).</summary>
public sealed class HttpBadGatewayException : HttpException
{
    /// <summary>Makes the answer.</summary>
    /// <param name="text">The body; null sends the status and its reason.</param>
    public HttpBadGatewayException(string? text = null) : base(502, text)
    {
    }
}
