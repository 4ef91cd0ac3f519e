namespace Millrace;

/// <summary>411: a Content-Length is needed (aiohttp: HTTPLengthRequired).</summary>
public sealed class HttpLengthRequiredException : HttpException
{
    /// <summary>Makes the answer.</summary>
    /// <param name="text">The body; null sends the status and its reason.</param>
    public HttpLengthRequiredException(string? text = null) : base(411, text)
    {
    }
}
