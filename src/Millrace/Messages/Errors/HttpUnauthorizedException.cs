namespace Millrace;

/// <summary>401: the client must say who it is (aiohttp: HTTPUnauthorized).</summary>
public sealed class HttpUnauthorizedException : HttpException
{
    /// <summary>Makes the answer.</summary>
    /// <param name="challenge">How the client may say it, as <c>Basic realm="staff"</c>: the value of WWW-Authenticate, which a 401 must have (RFC 9110 section 15.5.2). Null: it is set in <see cref="HttpException.Headers"/>.</param>
    /// <param name="text">The body; null sends the status and its reason.</param>
    /// <exception cref="ArgumentException">The challenge has characters that may not be sent.</exception>
    public HttpUnauthorizedException(string? challenge = null, string? text = null) : base(401, text)
    {
        Headers["WWW-Authenticate"] = challenge;
    }
}
