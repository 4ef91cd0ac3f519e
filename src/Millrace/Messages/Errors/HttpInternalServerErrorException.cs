namespace Millrace;

/// <summary>500: the server got itself in trouble, and the handler knows (aiohttp: HTTPInternalServerError).</summary>
public sealed class HttpInternalServerErrorException : HttpException
{
    /// <summary>Makes the answer.</summary>
    /// <param name="text">The body; null sends the status and its reason.</param>
    public HttpInternalServerErrorException(string? text = null) : base(500, text)
    {
    }
}
