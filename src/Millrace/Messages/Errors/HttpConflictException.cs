namespace Millrace;

/// <summary>409: the state of the resource stands against it (aiohttp: HTTPConflict).</summary>
public sealed class HttpConflictException : HttpException
{
    /// <summary>Makes the answer.</summary>
    /// <param name="text">The body; null sends the status and its reason.</param>
    public HttpConflictException(string? text = null) : base(409, text)
    {
    }
}
