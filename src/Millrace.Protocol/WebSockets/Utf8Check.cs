using System.Text.Unicode;

namespace Millrace.Protocol.WebSockets;

/// <summary>
/// Checks that bytes are UTF-8 (RFC 3629) piece by piece: a sequence may lie across the border of two pieces, and what can no longer become
/// valid is refused at once.
/// </summary>
internal struct Utf8Check
{
    private const int ContinuationsMax = 3;

    // Continuation bytes that must follow, and the bounds of the next one: RFC 3629 section 4 narrows the first of some sequences.
    private byte _awaited;
    private byte _low;
    private byte _high;

    /// <summary>True where a text may end.</summary>
    public readonly bool IsComplete => _awaited == 0;

    /// <summary>False if the text is not UTF-8, whatever follows.</summary>
    public bool Add(ReadOnlySpan<byte> bytes)
    {
        int done = 0;
        for (; _awaited > 0 && done < bytes.Length; done++)
        {
            if (!Add(bytes[done]))
                return false;
        }
        int tail = TailStart(bytes, done);
        if (!Utf8.IsValid(bytes[done..tail]))
            return false;
        for (; tail < bytes.Length; tail++)
        {
            if (!Add(bytes[tail]))
                return false;
        }
        return true;
    }

    /// <summary>Where the last sequence begins, which may be unfinished.</summary>
    private static int TailStart(ReadOnlySpan<byte> bytes, int from)
    {
        for (int i = bytes.Length - 1; i >= from && bytes.Length - i <= ContinuationsMax; i--)
        {
            if (bytes[i] >= 0xC0)
                return i;
            if (bytes[i] < 0x80)
                break;
        }
        return bytes.Length;
    }

    private bool Add(byte value)
    {
        if (_awaited > 0)
        {
            if (value < _low || value > _high)
                return false;
            _awaited--;
            (_low, _high) = (0x80, 0xBF);
            return true;
        }
        (_awaited, _low, _high) = value switch
        {
            < 0x80 => ((byte)0, (byte)0, (byte)0),
            >= 0xC2 and <= 0xDF => ((byte)1, (byte)0x80, (byte)0xBF),
            0xE0 => ((byte)2, (byte)0xA0, (byte)0xBF),
            0xED => ((byte)2, (byte)0x80, (byte)0x9F),
            >= 0xE1 and <= 0xEF => ((byte)2, (byte)0x80, (byte)0xBF),
            0xF0 => ((byte)3, (byte)0x90, (byte)0xBF),
            0xF4 => ((byte)3, (byte)0x80, (byte)0x8F),
            >= 0xF1 and <= 0xF3 => ((byte)3, (byte)0x80, (byte)0xBF),
            _ => ((byte)0, (byte)1, (byte)0),
        };
        return _awaited > 0 || _low == 0;
    }
}
