namespace Millrace;

/// <summary>406: no representation fits what the client accepts (aiohttp: HTTPNotAcceptable).</summary>
public sealed class HttpNotAcceptableException : HttpException
{
    /// <summary>Makes the answer.</summary>
    /// <param name="text">The body; null sends the status and its reason.</param>
    public HttpNotAcceptableException(string? text = null) : base(406, text)
    {
    }
}
