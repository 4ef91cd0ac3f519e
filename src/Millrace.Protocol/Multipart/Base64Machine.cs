using Millrace.Protocol.Semantics;

namespace Millrace.Protocol.Multipart;

/// <summary>Base64 of a part (RFC 2045 6.8), piece by piece: white space and line ends are passed over, other characters refused, also behind the padding.</summary>
internal struct Base64Machine
{
    private uint _bits;
    private int _count;
    private int _padding;

    /// <summary>True where a whole group of four characters, or none, has been read.</summary>
    public readonly bool IsWhole => _count == 0;

    /// <summary>Decodes as much as fits; false for what is no base64.</summary>
    public bool TryDecode(ReadOnlySpan<byte> input, Span<byte> output, out int consumed, out int written)
    {
        written = 0;
        for (consumed = 0; consumed < input.Length; consumed++)
        {
            byte value = input[consumed];
            if (AsciiSets.IsBlank(value) || value is (byte)'\r' or (byte)'\n')
                continue;
            if (_count == 3 && output.Length - written < 3)
                return true;
            if (!TryTake(value))
                return false;
            if (_count < 4)
                continue;
            int bytes = 3 - _padding;
            for (int i = 0; i < bytes; i++)
                output[written++] = (byte)(_bits >> (16 - 8 * i));
            (_bits, _count) = (0, 0);
        }
        return true;
    }

    private bool TryTake(byte value)
    {
        int sextet = 0;
        if (value == '=')
        {
            // Padding ends the data: one or two characters of the last group.
            if (_count < 2)
                return false;
            _padding++;
        }
        else
        {
            sextet = Sextet(value);
            if (sextet < 0 || _padding > 0)
                return false;
        }
        _bits = (_bits << 6) | (uint)sextet;
        _count++;
        return true;
    }

    private static int Sextet(byte value) => value switch
    {
        >= (byte)'A' and <= (byte)'Z' => value - 'A',
        >= (byte)'a' and <= (byte)'z' => value - 'a' + 26,
        >= (byte)'0' and <= (byte)'9' => value - '0' + 52,
        (byte)'+' => 62,
        (byte)'/' => 63,
        _ => -1,
    };
}
