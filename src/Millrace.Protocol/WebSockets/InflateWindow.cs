using System.Numerics;

namespace Millrace.Protocol.WebSockets;

/// <summary>The end of what was decompressed before, which the next message may refer to (RFC 7692 section 7.1.1). It grows with what came, up to its size.</summary>
internal sealed class InflateWindow(int bits)
{
    private readonly int _size = 1 << bits;
    private byte[] _bytes = [];
    private int _count;

    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _count);

    public void Append(ReadOnlySpan<byte> message)
    {
        message = message[Math.Max(0, message.Length - _size)..];
        int kept = Math.Min(_count, _size - message.Length);
        var old = _bytes.AsSpan(_count - kept, kept);
        _count = kept + message.Length;
        if (_bytes.Length < _count)
            _bytes = new byte[BitOperations.RoundUpToPowerOf2((uint)_count)];
        old.CopyTo(_bytes);
        message.CopyTo(_bytes.AsSpan(kept));
    }
}
