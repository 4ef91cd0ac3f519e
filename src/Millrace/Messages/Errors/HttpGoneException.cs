namespace Millrace;

/// <summary>410: there was something here, and it does not come back (aiohttp: HTTPGone).</summary>
public sealed class HttpGoneException : HttpException
{
    /// <summary>Makes the answer.</summary>
    /// <param name="text">The body; null sends the status and its reason.</param>
    public HttpGoneException(string? text = null) : base(410, text)
    {
    }
}
