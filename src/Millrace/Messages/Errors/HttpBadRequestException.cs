namespace Millrace;

/// <summary>400: the request is wrong in itself (aiohttp: HTTPBadRequest).</summary>
public sealed class HttpBadRequestException : HttpException
{
    /// <summary>Makes the answer.</summary>
    /// <param name="text">The body; null sends the status and its reason.</param>
    public HttpBadRequestException(string? text = null) : base(400, text)
    {
    }
}
