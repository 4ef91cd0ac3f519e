namespace Millrace;

/// <summary>426: the resource speaks another protocol (aiohttp: HTTPUpgradeRequired).</summary>
public sealed class HttpUpgradeRequiredException : HttpException
{
    /// <summary>Makes the answer with Upgrade, which a 426 must have (RFC 9110 section 15.5.22).</summary>
    /// <param name="protocol">The protocol, as <c>websocket</c>.</param>
    /// <param name="text">The body; null says the protocol.</param>
    /// <exception cref="ArgumentException">The protocol is empty or has characters that may not be sent.</exception>
    public HttpUpgradeRequiredException(string protocol, string? text = null)
        : base(426, text ?? $"This resource speaks {protocol}: ask for it in Upgrade and Connection.")
    {
        ArgumentException.ThrowIfNullOrEmpty(protocol);
        Headers["Upgrade"] = protocol;
    }
}
