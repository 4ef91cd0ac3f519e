namespace Millrace;

/// <summary>412: a condition of the request, such as If-Match, does not hold (aiohttp: HTTPPreconditionFailed).</summary>
public sealed class HttpPreconditionFailedException : HttpException
{
    /// <summary>Makes the answer.</summary>
    /// <param name="text">The body; null sends the status and its reason.</param>
    public HttpPreconditionFailedException(string? text = null) : base(412, text)
    {
    }
}
