namespace Millrace.Protocol.WebSockets;

/// <summary>A whole message that many WebSockets are sent: made into bytes once for each form that was agreed on.</summary>
internal sealed class SharedFrame(Opcode opcode, ReadOnlyMemory<byte> payload)
{
    // By the bits of the window. Two threads may make one at the same time: both are right.
    private readonly byte[]?[] _compressed = new byte[DeflateAgreement.WindowBitsMax + 1][];

    public int PayloadLength => payload.Length;

    public byte[] Plain => field ??= Whole(payload.Span, isCompressed: false);

    /// <summary>It refers to no other message, so that everybody can read it.</summary>
    public byte[] Compressed(int windowBits)
    {
        if (_compressed[windowBits] is { } made)
            return made;
        using var deflater = new MessageDeflater(windowBits);
        return _compressed[windowBits] = Whole(deflater.Deflate(payload.Span, endsMessage: true).Span, isCompressed: true);
    }

    private byte[] Whole(ReadOnlySpan<byte> content, bool isCompressed)
    {
        Span<byte> header = stackalloc byte[FrameWriter.HeaderBytesMax];
        int length = FrameWriter.WriteHeader(header, opcode, isFinal: true, isCompressed, content.Length);
        return [.. header[..length], .. content];
    }
}
