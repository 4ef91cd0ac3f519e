namespace Millrace;

/// <summary>501: the server cannot do this for any resource (aiohttp: HTTPNotImplemented).</summary>
public sealed class HttpNotImplementedException : HttpException
{
    /// <summary>Makes the answer.</summary>
    /// <param name="text">The body; null sends the status and its reason.</param>
    public HttpNotImplementedException(string? text = null) : base(501, text)
    {
    }
}
