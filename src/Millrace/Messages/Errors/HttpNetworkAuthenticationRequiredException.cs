namespace Millrace;

/// <summary>511: the network wants to know the client first (RFC 6585) (aiohttp: HTTPNetworkAuthenticationRequired).</summary>
public sealed class HttpNetworkAuthenticationRequiredException : HttpException
{
    /// <summary>Makes the answer.</summary>
    /// <param name="text">The body; null sends the status and its reason.</param>
    public HttpNetworkAuthenticationRequiredException(string? text = null) : base(511, text)
    {
    }
}
