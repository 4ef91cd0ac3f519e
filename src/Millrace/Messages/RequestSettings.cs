namespace Millrace.Messages;

/// <summary>What the server's options say about every request; one instance for all.</summary>
/// <param name="BodyBytesMax">Most bytes of a body to collect.</param>
/// <param name="Decoding">What decoding a body may cost; null leaves bodies encoded.</param>
/// <param name="Proxies">Whose word about the client counts; null: nobody's.</param>
internal sealed record RequestSettings(long BodyBytesMax, DecodingLimits? Decoding, TrustedProxies? Proxies)
{
    /// <summary>What forms and multipart bodies may cost.</summary>
    public required FormLimits Forms { get; init; }

    /// <summary>The server's clock.</summary>
    public required TimeProvider TimeProvider { get; init; }
}
