namespace Millrace;

/// <summary>417: an expectation of the request cannot be met (aiohttp: HTTPExpectationFailed).</summary>
public sealed class HttpExpectationFailedException : HttpException
{
    /// <summary>Makes the answer.</summary>
    /// <param name="text">The body; null sends the status and its reason.</param>
    public HttpExpectationFailedException(string? text = null) : base(417, text)
    {
    }
}
