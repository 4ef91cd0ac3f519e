using System.IO.Compression;

namespace Millrace.Protocol.WebSockets;

/// <summary>
/// Compresses messages (RFC 7692 section 7.2.1), whole or piece by piece. What is compressed may refer to everything before it; a new one refers to nothing.
/// </summary>
/// <param name="windowBits">Nothing refers further back than two to the power of this.</param>
internal sealed class MessageDeflater(int windowBits) : IDisposable
{
    private const int TailBytes = 4;

    // Section 7.2.3.6: what is left of an empty block without its tail.
    private static readonly byte[] EmptyBlock = [0];

    private readonly MemoryStream _output = new();
    private DeflateStream? _stream;

    /// <summary>The compressed form of a piece. It is whole: nothing of it waits for the next one.</summary>
    public ReadOnlyMemory<byte> Deflate(ReadOnlySpan<byte> piece, bool endsMessage)
    {
        if (piece.IsEmpty)
            return endsMessage ? EmptyBlock : default;
        if (windowBits >= DeflateAgreement.WindowBitsMax)
            Append(piece);
        else
            AppendApart(piece);
        var compressed = _output.GetBuffer().AsMemory(0, (int)_output.Length);
        // The array is the caller's now, and while nothing is compressed there is none.
        _output.SetLength(0);
        _output.Capacity = 0;
        return endsMessage ? compressed[..^TailBytes] : compressed;
    }

    public void Dispose()
    {
        _stream?.Dispose();
        _output.Dispose();
    }

    private void Append(ReadOnlySpan<byte> piece)
    {
        _stream ??= new DeflateStream(_output, CompressionLevel.Fastest, leaveOpen: true);
        _stream.Write(piece);
        _stream.Flush();
    }

    /// <summary>
    /// The base library's window has 32 KB. A smaller one is kept by compressing as many bytes as it has, and then anew: nothing refers back over such a border.
    /// </summary>
    private void AppendApart(ReadOnlySpan<byte> piece)
    {
        while (!piece.IsEmpty)
        {
            int count = Math.Min(piece.Length, 1 << windowBits);
            Append(piece[..count]);
            long end = _output.Length;
            // This would mark the end of a stream.
            _stream!.Dispose();
            _stream = null;
            _output.SetLength(end);
            piece = piece[count..];
        }
    }
}
