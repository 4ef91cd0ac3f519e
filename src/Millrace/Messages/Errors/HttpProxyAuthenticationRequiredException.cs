namespace Millrace;

/// <summary>407: the client must tell this proxy who it is (aiohttp: HTTPProxyAuthenticationRequired).</summary>
public sealed class HttpProxyAuthenticationRequiredException : HttpException
{
    /// <summary>Makes the answer.</summary>
    /// <param name="challenge">How the client may say it: the value of Proxy-Authenticate (RFC 9110 section 15.5.8). Null: it is set in <see cref="HttpException.Headers"/>.</param>
    /// <param name="text">The body; null sends the status and its reason.</param>
    /// <exception cref="ArgumentException">The challenge has characters that may not be sent.</exception>
    public HttpProxyAuthenticationRequiredException(string? challenge = null, string? text = null) : base(407, text)
    {
        Headers["Proxy-Authenticate"] = challenge;
    }
}
