namespace Millrace;

/// <summary>507: there is no room to store this (RFC 4918) (aiohttp: HTTPInsufficientStorage).</summary>
public sealed class HttpInsufficientStorageException : HttpException
{
    /// <summary>Makes the answer.</summary>
    /// <param name="text">The body; null sends the status and its reason.</param>
    public HttpInsufficientStorageException(string? text = null) : base(507, text)
    {
    }
}
