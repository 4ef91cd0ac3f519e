namespace Millrace;

/// <summary>424: another request that this one needs has failed (RFC 4918) (aiohttp: HTTPFailedDependency).</summary>
public sealed class HttpFailedDependencyException : HttpException
{
    /// <summary>Makes the answer.</summary>
    /// <param name="text">The body; null sends the status and its reason.</param>
    public HttpFailedDependencyException(string? text = null) : base(424, text)
    {
    }
}
