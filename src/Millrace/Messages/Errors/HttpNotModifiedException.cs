namespace Millrace;

/// <summary>304: what the client has is still right (aiohttp: HTTPNotModified). It has no body.</summary>
public sealed class HttpNotModifiedException : HttpException
{
    /// <summary>Makes the answer. ETag, Vary, Cache-Control and the like belong into <see cref="HttpException.Headers"/> as the 200 would have them (RFC 9110 section 15.4.5).</summary>
    public HttpNotModifiedException() : base(304)
    {
    }
}
