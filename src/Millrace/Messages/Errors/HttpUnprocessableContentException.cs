namespace Millrace;

/// <summary>422: the content is well-formed and makes no sense here (aiohttp: HTTPUnprocessableEntity).</summary>
public sealed class HttpUnprocessableContentException : HttpException
{
    /// <summary>Makes the answer.</summary>
    /// <param name="text">The body; null sends the status and its reason.</param>
    public HttpUnprocessableContentException(string? text = null) : base(422, text)
    {
    }
}
