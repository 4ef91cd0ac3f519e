using Millrace.Protocol.Semantics;

namespace Millrace;

/// <summary>451: a law stands against it (RFC 7725; aiohttp: HTTPUnavailableForLegalReasons).</summary>
public sealed class HttpUnavailableForLegalReasonsException : HttpException
{
    /// <summary>Makes the answer.</summary>
    /// <param name="blockedBy">The URL of whoever blocks it, sent as a Link with rel="blocked-by"; null does not say.</param>
    /// <param name="text">The body; null sends the status and its reason.</param>
    /// <exception cref="ArgumentException">The URL is empty or has control characters.</exception>
    public HttpUnavailableForLegalReasonsException(string? blockedBy = null, string? text = null) : base(451, text)
    {
        BlockedBy = blockedBy;
        if (blockedBy is not null)
            Headers["Link"] = $"<{LocationSyntax.Encode(blockedBy)}>; rel=\"blocked-by\"";
    }

    /// <summary>The URL of whoever blocks it, if it was said.</summary>
    public string? BlockedBy { get; }
}
