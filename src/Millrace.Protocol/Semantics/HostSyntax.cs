namespace Millrace.Protocol.Semantics;

/// <summary>
/// The value of Host and the authority of a request-target: <c>uri-host [ ":" port ]</c> (RFC 9110 7.2, RFC 3986 3.2.2).
/// User information is no part of it (RFC 9110 4.2.4: treat as an error). Narrower than RFC 3986 on purpose: no
/// sub-delims and no percent escapes in names, no IPvFuture and no zone in literals; none of them names a host that
/// a client could reach, and each has been used to make two readers see two hosts.
/// </summary>
internal static class HostSyntax
{
    /// <summary>Characters of a name in the DNS are at most 253; a bound here keeps logs and metrics sane.</summary>
    public const int NameLengthMax = 255;

    /// <summary>
    /// Splits <paramref name="value"/>; <paramref name="hostLength"/> counts the host with the brackets of an IPv6 literal,
    /// <paramref name="port"/> is -1 when there is none (also for a lone colon, which RFC 3986 3.2.3 allows).
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> value, out int hostLength, out int port)
    {
        port = -1;
        hostLength = value.Length > 0 && value[0] == (byte)'[' ? LiteralLength(value) : NameLength(value);
        if (hostLength <= 0 || hostLength > NameLengthMax)
            return false;
        if (hostLength == value.Length)
            return true;
        return value[hostLength] == (byte)':' && TryPort(value[(hostLength + 1)..], out port);
    }

    /// <summary>Whether two values that both parse name the same host and port, letter case apart, <paramref name="defaultPort"/> standing for none.</summary>
    public static bool SameAuthority(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, int defaultPort)
    {
        if (!TryParse(left, out var leftLength, out var leftPort) || !TryParse(right, out var rightLength, out var rightPort))
            return false;
        return System.Text.Ascii.EqualsIgnoreCase(left[..leftLength], right[..rightLength])
            && (leftPort < 0 ? defaultPort : leftPort) == (rightPort < 0 ? defaultPort : rightPort);
    }

    private static int NameLength(ReadOnlySpan<byte> value)
    {
        var end = value.IndexOfAnyExcept(AsciiSets.HostName);
        return end < 0 ? value.Length : end;
    }

    private static int LiteralLength(ReadOnlySpan<byte> value)
    {
        var close = value.IndexOf((byte)']');
        return close > 0 && Ipv6Syntax.IsAddress(value[1..close]) ? close + 1 : 0;
    }

    // RFC 3986 3.2.3: port = *DIGIT. Five digits are enough for every port there is.
    private static bool TryPort(ReadOnlySpan<byte> digits, out int port)
    {
        port = -1;
        if (digits.Length == 0)
            return true;
        if (digits.Length > 5)
            return false;
        var value = 0;
        foreach (var digit in digits)
        {
            if (!AsciiSets.IsDigit(digit))
                return false;
            value = (value * 10) + (digit - '0');
        }

        if (value > ushort.MaxValue)
            return false;
        port = value;
        return true;
    }
}
