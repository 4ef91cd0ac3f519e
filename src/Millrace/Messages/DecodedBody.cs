using System.IO.Compression;

namespace Millrace.Messages;

/// <summary>
/// A request body without its content coding (RFC 9110 section 8.4): gzip, deflate or br, one of them, decoded as it is read.
/// </summary>
/// <remarks>
/// A few bytes can decode to gigabytes, so two limits hold while decoding: on the decoded bytes and on their ratio to the received ones, the latter
/// from a size on that honest bodies may have by chance. What the handler leaves unread is thrown away undecoded.
/// </remarks>
internal sealed class DecodedBody : RequestBody
{
    private const int RatioCountsFromBytes = 64 * 1024;

    // Bits of the state. The decoder's memory is not the collector's, so whoever leaves last gives it back: the reader or the request's end.
    private const int InUse = 1;
    private const int Ended = 2;

    // A gzip decoder asks behind the end of a whole body too: another member may follow. These bytes begin none, so it asks no more; one
    // whose body was cut off takes them for the rest, finds them wrong or asks again.
    private static readonly byte[] GzipEndMark = [.. Enumerable.Repeat((byte)0xFF, 16)];

    private readonly RequestBody _body;
    private readonly Stream _decoder;
    private readonly CountingStream _encoded;
    private readonly DecodingLimits _limits;
    private long _decodedBytes;
    private bool _ended;
    private int _state;

    private DecodedBody(RequestBody body, Func<Stream, Stream> decode, byte[] endMark, DecodingLimits limits)
    {
        _body = body;
        _encoded = new CountingStream(body.AsStream(), endMark);
        _decoder = decode(_encoded);
        _limits = limits;
    }

    public override long? Length => null;

    public override IReadOnlyList<KeyValuePair<string, string>> Trailers => _body.Trailers;

    private protected override bool IsReceived => _ended;

    /// <summary>The body decoded, or itself if it is not encoded.</summary>
    /// <exception cref="HttpException">The coding is unknown here (415).</exception>
    public static RequestBody Over(RequestBody body, string? contentEncoding, DecodingLimits limits)
    {
        if (contentEncoding is null || body.IsCompleted || Is(contentEncoding, "identity"))
            return body;
        bool isGzip = Is(contentEncoding, "gzip") || Is(contentEncoding, "x-gzip");
        Func<Stream, Stream> decode =
            isGzip ? encoded => new GZipStream(encoded, CompressionMode.Decompress)
            : Is(contentEncoding, "deflate") ? encoded => new ZLibStream(encoded, CompressionMode.Decompress)
            : Is(contentEncoding, "br") ? encoded => new BrotliStream(encoded, CompressionMode.Decompress)
            : throw Unsupported();
        return new DecodedBody(body, decode, isGzip ? GzipEndMark : [], limits);
    }

    private protected override async ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        Enter();
        try
        {
            return _ended || buffer.IsEmpty ? 0 : await DecodeAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            if (Interlocked.And(ref _state, ~InUse) != InUse)
                _decoder.Dispose();
        }
    }

    private void Enter()
    {
        int before = Interlocked.CompareExchange(ref _state, InUse, 0);
        ObjectDisposedException.ThrowIf((before & Ended) != 0, typeof(Request));
        if (before != 0)
            throw new InvalidOperationException("Another read of this body is under way: await each before the next.");
    }

    private async ValueTask<int> DecodeAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        int n;
        try
        {
            n = await _decoder.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e != _encoded.Failure && (e is InvalidDataException || (_decoder is BrotliStream && e is InvalidOperationException)))
        {
            // InvalidOperationException is BrotliStream's word for corrupt data.
            throw Invalid();
        }
        // The decoders end quietly where their input ends: that it was cut off shows only in what they asked for.
        if (n == 0 && (_encoded.IsExhausted || await _body.ReadAsync(new byte[1], cancellationToken).ConfigureAwait(false) > 0))
            throw Invalid();
        _ended = n == 0;
        _decodedBytes += n;
        if (_decodedBytes > _limits.DecodedBytesMax)
            throw RequestBody.TooLarge(_limits.DecodedBytesMax);
        if (_decodedBytes > RatioCountsFromBytes && _decodedBytes / _limits.RatioMax > _encoded.Count)
            throw new HttpContentTooLargeException(_encoded.Count * _limits.RatioMax, text: $"The body decodes to more than {_limits.RatioMax} times its size.");
        return n;
    }

    /// <summary>The request is over: the decoder's memory goes back, now or when the read that is in it has left.</summary>
    public void End()
    {
        if (Interlocked.Or(ref _state, Ended) == 0)
            _decoder.Dispose();
    }

    private static HttpBadRequestException Invalid() => new("The body is not valid in its Content-Encoding.");

    private static bool Is(string coding, string name) => coding.Equals(name, StringComparison.OrdinalIgnoreCase);

    /// <summary>Names the codings that are read here (RFC 9110 section 12.5.3).</summary>
    private static HttpUnsupportedMediaTypeException Unsupported()
    {
        var refusal = new HttpUnsupportedMediaTypeException("The body's Content-Encoding is not supported. Send gzip, deflate, br or no coding.");
        refusal.Headers["Accept-Encoding"] = "gzip, deflate, br";
        return refusal;
    }
}

/// <summary>What decoding a body may cost.</summary>
internal readonly record struct DecodingLimits(long DecodedBytesMax, int RatioMax);
