namespace Millrace;

/// <summary>414: the target is longer than is read here (aiohttp: HTTPRequestURITooLong).</summary>
public sealed class HttpUriTooLongException : HttpException
{
    /// <summary>Makes the answer.</summary>
    /// <param name="text">The body; null sends the status and its reason.</param>
    public HttpUriTooLongException(string? text = null) : base(414, text)
    {
    }
}
