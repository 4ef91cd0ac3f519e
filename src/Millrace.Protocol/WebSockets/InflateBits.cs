using System.Buffers.Binary;

namespace Millrace.Protocol.WebSockets;

/// <summary>The bits of a compressed message, from the lowest of each byte on (RFC 1951 section 3.1.1), and of the tail behind it.</summary>
internal struct InflateBits
{
    private int _at;
    private ulong _bits;

    /// <summary>How many bits were looked at.</summary>
    public int Count { get; private set; }

    // RFC 7692 section 7.2.1: what the sender takes away from the end of each message.
    private static ReadOnlySpan<byte> Tail => [0x00, 0x00, 0xFF, 0xFF];

    /// <summary>The next bits; only <see cref="Count"/> of them mean something.</summary>
    public readonly ulong Next => _bits;

    /// <summary>Looks at as many bits as there is room for: at least 56, if there are so many.</summary>
    public void Refill(ReadOnlySpan<byte> message)
    {
        if (message.Length - _at >= sizeof(ulong))
        {
            _bits |= BinaryPrimitives.ReadUInt64LittleEndian(message[_at..]) << Count;
            int bytes = (63 - Count) >> 3;
            _at += bytes;
            Count += bytes << 3;
            return;
        }
        for (; Count <= 56 && _at < message.Length + Tail.Length; _at++, Count += 8)
            _bits |= (ulong)(_at < message.Length ? message[_at] : Tail[_at - message.Length]) << Count;
    }

    /// <summary>False if fewer are left.</summary>
    public bool TryTake(int count, out int value)
    {
        value = (int)_bits & ((1 << count) - 1);
        return TryDrop(count);
    }

    public bool TryDrop(int count)
    {
        if (count > Count)
            return false;
        Drop(count);
        return true;
    }

    public void Drop(int count)
    {
        _bits >>= count;
        Count -= count;
    }

    /// <summary>Drops what is left of a byte.</summary>
    public void Align() => Drop(Count & 7);

    /// <summary>Takes bytes as they are, at the border of one; returns how many: never those of the tail.</summary>
    public int CopyBytes(ReadOnlySpan<byte> message, Span<byte> destination)
    {
        // What was looked at in advance is bytes again.
        _at -= Count >> 3;
        (_bits, Count) = (0, 0);
        int count = Math.Min(destination.Length, Math.Max(0, message.Length - _at));
        message.Slice(Math.Min(_at, message.Length), count).CopyTo(destination);
        _at += count;
        return count;
    }
}
