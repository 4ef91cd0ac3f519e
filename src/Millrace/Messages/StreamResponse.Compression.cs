using System.IO.Compression;
using Millrace.Messages;
using Millrace.Protocol.Semantics;

namespace Millrace;

public partial class StreamResponse
{
    /// <summary>What was said of this response; null leaves it to what stands around its handler.</summary>
    internal CompressionRules? Compression { get; private set; }

    /// <summary>The type and length of what is represented, before any coding; those of a 304 are not known, unless it tells them.</summary>
    internal virtual (string? ContentType, long? Length) Represented => (ContentType, Status == 304 ? null : DeclaredLength);

    /// <summary>
    /// Lets the body be sent in the coding that the client likes best (aiohttp: <c>enable_compression</c>): br, gzip or deflate, by the quality values of Accept-Encoding
    /// (RFC 9110 section 12.5.3). The response then says <c>Vary: Accept-Encoding</c>, and a strong <see cref="ETag"/> becomes a weak one.
    /// </summary>
    /// <remarks>
    /// A body that is encoded already (Content-Encoding), a part of one (Content-Range), one that must not be changed (<c>Cache-Control: no-transform</c>) and one known
    /// to have less than 256 bytes are sent as they are. <see cref="Web.Compress"/> does it for all responses of an application. What a stream writes is flushed through the encoder with each write. Mind that a response which mixes secrets with what
    /// an attacker chose can be guessed from its compressed length (BREACH).
    /// </remarks>
    /// <param name="level">How much time to spend; default <see cref="CompressionLevel.Fastest"/>, which suits bodies that are made for one request.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is no level.</exception>
    /// <exception cref="InvalidOperationException">The head was sent.</exception>
    public void EnableCompression(CompressionLevel level = CompressionLevel.Fastest)
    {
        ThrowIfPrepared();
        Compression = CompressionRules.For(level);
    }

    /// <summary>Sends the body as it is, also below <see cref="Web.Compress"/>: for one that has a secret beside what somebody else chose.</summary>
    /// <exception cref="InvalidOperationException">The head was sent.</exception>
    public void DisableCompression()
    {
        ThrowIfPrepared();
        Compression = CompressionRules.None;
    }

    /// <summary>True if the body is sent in another form than it is given in: its length is not known beforehand then.</summary>
    private protected bool IsEncoded => _coding != ContentCoding.Identity;

    /// <summary>The last moment to say what the head says.</summary>
    private protected virtual void BeforeHead(Request request) => _coding = ResponseCompression.Apply(this, request);
}
