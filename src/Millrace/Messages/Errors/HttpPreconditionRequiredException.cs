namespace Millrace;

/// <summary>428: the request must be conditional (RFC 6585) (aiohttp: HTTPPreconditionRequired).</summary>
public sealed class HttpPreconditionRequiredException : HttpException
{
    /// <summary>Makes the answer.</summary>
    /// <param name="text">The body; null sends the status and its reason.</param>
    public HttpPreconditionRequiredException(string? text = null) : base(428, text)
    {
    }
}
