using Millrace.Protocol.Semantics;

namespace Millrace;

/// <summary>An answer that sends the client elsewhere (aiohttp: HTTPMove); its classes are the statuses that do.</summary>
public abstract class HttpRedirectException : HttpException
{
    private protected HttpRedirectException(int status, string location, string? text) : base(status, text)
    {
        Headers["Location"] = LocationSyntax.Encode(location);
        Location = location;
    }

    /// <summary>Where to, as it was given; the Location field has it percent-encoded where it must be (RFC 9110 section 10.2.2).</summary>
    public string Location { get; }
}
