namespace Millrace;

/// <summary>415: the content is of a type, or in a coding, that is not read here (aiohttp: HTTPUnsupportedMediaType).</summary>
public sealed class HttpUnsupportedMediaTypeException : HttpException
{
    /// <summary>Makes the answer.</summary>
    /// <param name="text">The body; null sends the status and its reason.</param>
    /// <param name="accepted">What is read here instead, as a media type: the value of Accept (RFC 9110 section 12.5.1); null does not say.</param>
    /// <exception cref="ArgumentException">The type has characters that may not be sent.</exception>
    public HttpUnsupportedMediaTypeException(string? text = null, string? accepted = null) : base(415, text)
    {
        Headers["Accept"] = accepted;
    }
}
