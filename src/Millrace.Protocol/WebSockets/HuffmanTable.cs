namespace Millrace.Protocol.WebSockets;

/// <summary>
/// A prefix code of DEFLATE (RFC 1951 section 3.2.2), made for decoding: what is short is looked up at once, the rest is found bit by bit.
/// </summary>
/// <param name="symbolsMax">Most symbols of a code.</param>
internal sealed class HuffmanTable(int symbolsMax)
{
    private const int LengthMax = 15;
    private const int QuickBits = 10;
    private const int LengthShift = 4;
    private const int LengthMask = 15;

    // By the next bits of the stream: symbol and length. 0 where the code is longer, or none.
    private readonly ushort[] _quick = new ushort[1 << QuickBits];
    private readonly ushort[] _symbols = new ushort[symbolsMax];
    private readonly ushort[] _counts = new ushort[LengthMax + 1];

    /// <summary>True if every sequence of bits begins with a code.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>Makes the table from the length of each symbol's code, 0 where it has none; false if that is no code.</summary>
    public bool Build(ReadOnlySpan<byte> lengths)
    {
        Array.Clear(_counts);
        foreach (byte length in lengths)
            _counts[length]++;
        int codes = lengths.Length - _counts[0];
        _counts[0] = 0;
        int free = 1;
        for (int length = 1; length <= LengthMax; length++)
        {
            free = (free << 1) - _counts[length];
            if (free < 0)
                return false;
        }
        IsComplete = free == 0;
        // RFC 1951 section 3.2.7: one distance alone has one bit, and none at all is there where everything is literal.
        if (!IsComplete && codes > _counts[1])
            return false;
        Fill(lengths);
        return true;
    }

    /// <summary>The symbol whose code the bits begin with, the first one lowest; -1 if there is none.</summary>
    public int Decode(ulong bits, out int length)
    {
        int entry = _quick[bits & ((1 << QuickBits) - 1)];
        length = entry & LengthMask;
        return entry > 0 ? entry >> LengthShift : DecodeSlowly(bits, out length);
    }

    private int DecodeSlowly(ulong bits, out int length)
    {
        int code = 0;
        int first = 0;
        int index = 0;
        for (length = 1; length <= LengthMax; length++)
        {
            code |= (int)(bits & 1);
            bits >>= 1;
            int count = _counts[length];
            if (code < first + count)
                return _symbols[index + code - first];
            index += count;
            first = (first + count) << 1;
            code <<= 1;
        }
        return -1;
    }

    private void Fill(ReadOnlySpan<byte> lengths)
    {
        Span<int> next = stackalloc int[LengthMax + 1];
        Span<int> index = stackalloc int[LengthMax + 1];
        (next[0], index[0]) = (0, 0);
        for (int length = 1; length <= LengthMax; length++)
        {
            next[length] = (next[length - 1] + _counts[length - 1]) << 1;
            index[length] = index[length - 1] + _counts[length - 1];
        }
        Array.Clear(_quick);
        for (int symbol = 0; symbol < lengths.Length; symbol++)
        {
            int length = lengths[symbol];
            if (length == 0)
                continue;
            _symbols[index[length]++] = (ushort)symbol;
            int code = next[length]++;
            if (length > QuickBits)
                continue;
            // Codes stand in the stream with their highest bit first.
            for (int bits = Reverse(code, length); bits < _quick.Length; bits += 1 << length)
                _quick[bits] = (ushort)((symbol << LengthShift) | length);
        }
    }

    private static int Reverse(int code, int length)
    {
        int reversed = 0;
        for (int i = 0; i < length; i++)
            reversed |= ((code >> i) & 1) << (length - 1 - i);
        return reversed;
    }
}
