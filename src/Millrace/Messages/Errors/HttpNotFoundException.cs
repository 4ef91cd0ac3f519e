namespace Millrace;

/// <summary>404: there is nothing here (aiohttp: HTTPNotFound).</summary>
public sealed class HttpNotFoundException : HttpException
{
    /// <summary>Makes the answer.</summary>
    /// <param name="text">The body; null sends the status and its reason.</param>
    public HttpNotFoundException(string? text = null) : base(404, text)
    {
    }
}
