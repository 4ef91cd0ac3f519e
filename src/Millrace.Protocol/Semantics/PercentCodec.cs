using System.Buffers;
using System.Text;

namespace Millrace.Protocol.Semantics;

/// <summary>
/// Percent escapes of paths (RFC 3986 2.1), UTF-8. Decoding never fails: an escape that is malformed, or whose octets are
/// not well-formed UTF-8 (overlong forms too), stays in the text as it was sent, so nothing is lost and no two different
/// byte sequences turn into one replacement character.
/// </summary>
internal static class PercentCodec
{
    private const int StackCharsMax = 512;

    /// <summary>The text with every escape resolved.</summary>
    public static string Decode(ReadOnlySpan<byte> text) => Decode(text, kept: []);

    /// <summary>
    /// The text with every escape resolved but <c>%2F</c> and <c>%25</c>, so that an escaped slash never makes a segment. It is not meant to be
    /// decoded once more: a stray percent sign stays and may meet its digits in what was an escape.
    /// </summary>
    public static string DecodeKeepingSlashes(ReadOnlySpan<byte> text) => Decode(text, kept: "/%"u8);

    /// <summary>As <see cref="DecodeKeepingSlashes(ReadOnlySpan{byte})"/>, into <paramref name="characters"/>, which has room for as many as there are bytes.</summary>
    /// <param name="text">The bytes.</param>
    /// <param name="characters">Gets the text.</param>
    /// <param name="starts">Gets the index of the byte that each character began with; empty if nobody wants to know.</param>
    /// <returns>The number of characters.</returns>
    public static int DecodeKeepingSlashes(ReadOnlySpan<byte> text, Span<char> characters, Span<int> starts)
    {
        var written = 0;
        for (var position = 0; position < text.Length;)
        {
            var first = written;
            var used = DecodeOne(text[position..], "/%"u8, characters, ref written);
            if (!starts.IsEmpty)
                starts[first..written].Fill(position);
            position += used;
        }

        return written;
    }

    private static string Decode(ReadOnlySpan<byte> text, ReadOnlySpan<byte> kept)
    {
        if (!text.Contains((byte)'%'))
            return Encoding.Latin1.GetString(text);
        char[]? rented = null;
        var characters = text.Length <= StackCharsMax
            ? stackalloc char[StackCharsMax]
            : rented = ArrayPool<char>.Shared.Rent(text.Length);
        var written = 0;
        for (var position = 0; position < text.Length;)
            position += DecodeOne(text[position..], kept, characters, ref written);
        var result = new string(characters[..written]);
        if (rented is not null)
            ArrayPool<char>.Shared.Return(rented);
        return result;
    }

    // Consumes at least one byte; an n-byte escape sequence never gives more characters than it has bytes.
    private static int DecodeOne(ReadOnlySpan<byte> text, ReadOnlySpan<byte> kept, Span<char> characters, ref int written)
    {
        if (!TryOctet(text, out var first) || kept.Contains(first))
        {
            characters[written++] = (char)text[0];
            return 1;
        }

        if (first < 0x80)
        {
            characters[written++] = (char)first;
            return 3;
        }

        Span<byte> octets = [first, 0, 0, 0];
        var count = 1;
        while (count < 4 && TryOctet(text[(count * 3)..], out octets[count]))
            count++;
        var status = Rune.DecodeFromUtf8(octets[..count], out var rune, out var octetsUsed);
        if (status == OperationStatus.Done)
        {
            written += rune.EncodeToUtf16(characters[written..]);
            return octetsUsed * 3;
        }

        foreach (var literal in text[..3])
            characters[written++] = (char)literal;
        return 3;
    }

    private static bool TryOctet(ReadOnlySpan<byte> text, out byte octet)
    {
        octet = 0;
        if (text.Length < 3 || text[0] != (byte)'%')
            return false;
        var high = AsciiSets.HexValue(text[1]);
        var low = AsciiSets.HexValue(text[2]);
        if ((high | low) < 0)
            return false;
        octet = (byte)((high << 4) | low);
        return true;
    }
}
