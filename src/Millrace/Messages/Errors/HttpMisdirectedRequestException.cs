namespace Millrace;

/// <summary>421: the request was meant for another server (aiohttp: HTTPMisdirectedRequest).</summary>
public sealed class HttpMisdirectedRequestException : HttpException
{
    /// <summary>Makes the answer.</summary>
    /// <param name="text">The body; null sends the status and its reason.</param>
    public HttpMisdirectedRequestException(string? text = null) : base(421, text)
    {
    }
}
