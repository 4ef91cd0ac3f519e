using Millrace.Protocol.Semantics;

namespace Millrace.Protocol.Multipart;

/// <summary>Quoted-printable of a part (RFC 2045 6.7), piece by piece: <c>=XX</c> is a byte, <c>=</c> at the end of a line joins it with the next, all else stands for itself.</summary>
internal static class QuotedPrintable
{
    /// <summary>Decodes as much as fits and is there whole; false for an equals sign that is neither.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> input, Span<byte> output, out int consumed, out int written)
    {
        (consumed, written) = (0, 0);
        while (consumed < input.Length && written < output.Length)
        {
            var rest = input[consumed..];
            if (rest[0] != (byte)'=')
            {
                int equals = rest.IndexOf((byte)'=');
                int plain = Math.Min(equals < 0 ? rest.Length : equals, output.Length - written);
                rest[..plain].CopyTo(output[written..]);
                consumed += plain;
                written += plain;
                continue;
            }
            if (rest.Length < 3)
                return true;
            int high = AsciiSets.HexValue(rest[1]);
            int low = AsciiSets.HexValue(rest[2]);
            if ((high | low) >= 0)
                output[written++] = (byte)((high << 4) | low);
            else if (rest[1] != '\r' || rest[2] != '\n')
                return false;
            consumed += 3;
        }
        return true;
    }
}
