namespace Millrace;

/// <summary>505: the version of HTTP is not spoken here (aiohttp: HTTPVersionNotSupported).</summary>
public sealed class HttpVersionNotSupportedException : HttpException
{
    /// <summary>Makes the answer.</summary>
    /// <param name="text">The body; null sends the status and its reason.</param>
    public HttpVersionNotSupportedException(string? text = null) : base(505, text)
    {
    }
}
