namespace Millrace.Protocol.Semantics;

/// <summary>RFC 3986 3.2.2 IPv6address: eight groups of up to four hex digits, one run of zeros as <c>::</c>, the last two groups perhaps as IPv4.</summary>
internal static class Ipv6Syntax
{
    public static bool IsAddress(ReadOnlySpan<byte> text)
    {
        var groups = 0;
        var compressed = false;
        var position = 0;
        if (text.StartsWith("::"u8))
        {
            compressed = true;
            position = 2;
        }

        while (position < text.Length)
        {
            var digits = HexDigits(text[position..]);
            if (digits == 0)
                return false;
            position += digits;
            if (position < text.Length && text[position] == (byte)'.')
                return IsWhole(groups + 2, compressed) && IsIpv4(text[(position - digits)..]);
            groups++;
            if (position == text.Length)
                break;
            if (text[position++] != (byte)':' || position == text.Length || groups > 7)
                return false;
            if (text[position] != (byte)':')
                continue;
            if (compressed)
                return false;
            compressed = true;
            position++;
        }

        return IsWhole(groups, compressed);
    }

    // "::" stands for at least one group of zeros.
    private static bool IsWhole(int groups, bool compressed) => compressed ? groups <= 7 : groups == 8;

    private static int HexDigits(ReadOnlySpan<byte> text)
    {
        var count = 0;
        while (count < 4 && count < text.Length && AsciiSets.HexValue(text[count]) >= 0)
            count++;
        return count;
    }

    // dec-octet has no leading zeros: "01" is octal to some readers and decimal to others.
    private static bool IsIpv4(ReadOnlySpan<byte> text)
    {
        for (var octet = 0; octet < 4; octet++)
        {
            var length = 0;
            var value = 0;
            while (length < text.Length && length < 3 && AsciiSets.IsDigit(text[length]))
                value = (value * 10) + (text[length++] - '0');
            if (length == 0 || value > 255 || (length > 1 && text[0] == (byte)'0'))
                return false;
            text = text[length..];
            if (octet == 3)
                break;
            if (text.Length == 0 || text[0] != (byte)'.')
                return false;
            text = text[1..];
        }

        return text.Length == 0;
    }
}
