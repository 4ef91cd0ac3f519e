namespace Millrace;

/// <summary>402: reserved by RFC 9110 section 15.5.3; used by some for what must be paid first (aiohttp: HTTPPaymentRequired).</summary>
public sealed class HttpPaymentRequiredException : HttpException
{
    /// <summary>Makes the answer.</summary>
    /// <param name="text">The body; null sends the status and its reason.</param>
    public HttpPaymentRequiredException(string? text = null) : base(402, text)
    {
    }
}
