using System.IO.Compression;
using Millrace.Messages;

namespace Millrace;

public partial class StreamResponse
{
    /// <summary>What compression this response is allowed; null: none.</summary>
    internal CompressionLevel? Compression { get; private set; }

    /// <summary>
    /// Lets the body be sent in the coding that the client likes best (aiohttp: <c>enable_compression</c>): br, gzip or deflate, by the quality values of Accept-Encoding
    /// (RFC 9110 section 12.5.3). The response then says <c>Vary: Accept-Encoding</c>, and a strong <see cref="ETag"/> becomes a weak one.
    /// </summary>
    /// <remarks>
    /// A body that is encoded already (Content-Encoding), a part of one (Content-Range), one that must not be changed (<c>Cache-Control: no-transform</c>) and a whole
    /// one of less than 256 bytes are sent as they are. What a stream writes is flushed through the encoder with each write. Mind that a response which mixes secrets with what
    /// an attacker chose can be guessed from its compressed length (BREACH).
    /// </remarks>
    /// <param name="level">How much time to spend; default <see cref="CompressionLevel.Fastest"/>, which suits bodies that are made for one request.</param>
    /// <exception cref="InvalidOperationException">The head was sent.</exception>
    public void EnableCompression(CompressionLevel level = CompressionLevel.Fastest)
    {
        ThrowIfPrepared();
        Compression = level;
    }

    /// <summary>The last moment to say what the head says.</summary>
    private protected virtual void BeforeHead(Request request) => _coding = ResponseCompression.Apply(this, request);
}
