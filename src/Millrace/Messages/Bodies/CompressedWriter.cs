using System.IO.Compression;
using Millrace.Protocol.Semantics;

namespace Millrace.Messages;

/// <summary>Encodes a streamed body on its way to another writer. Each write leaves the encoder at once: what is on its way must not wait for what may not come for long.</summary>
internal sealed class CompressedWriter : ResponseWriter
{
    /// <summary>Most bytes encoded at once, so that a large write takes no large memory.</summary>
    private const int PieceBytes = 64 * 1024;

    private readonly ResponseWriter _inner;
    private readonly MemoryStream _encoded = new();
    private readonly Stream _encoder;

    public CompressedWriter(ResponseWriter inner, ContentCoding coding, CompressionLevel level)
    {
        _inner = inner;
        _encoder = BodyEncoder.Over(_encoded, coding, level);
    }

    public override bool HasBody => _inner.HasBody;

    public override int Pending => _inner.Pending + (int)_encoded.Length;

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        if (!HasBody)
            return;
        while (!data.IsEmpty)
        {
            var piece = data[..Math.Min(data.Length, PieceBytes)];
            data = data[piece.Length..];
            _encoder.Write(piece.Span);
            _encoder.Flush();
            await SendAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    public override void Append(ReadOnlySpan<byte> data)
    {
        if (HasBody)
            _encoder.Write(data);
    }

    public override ValueTask FlushAsync()
    {
        _encoder.Flush();
        _inner.Append(_encoded.GetBuffer().AsSpan(0, (int)_encoded.Length));
        _encoded.SetLength(0);
        return _inner.FlushAsync();
    }

    public override void Post(Action callback) => _inner.Post(callback);

    public override async ValueTask EndAsync(ResponseHeaders? trailers, CancellationToken cancellationToken)
    {
        await _encoder.DisposeAsync().ConfigureAwait(false);
        if (HasBody)
            await SendAsync(cancellationToken).ConfigureAwait(false);
        await _inner.EndAsync(trailers, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask SendAsync(CancellationToken cancellationToken)
    {
        await _inner.WriteAsync(_encoded.GetBuffer().AsMemory(0, (int)_encoded.Length), cancellationToken).ConfigureAwait(false);
        _encoded.SetLength(0);
    }
}
