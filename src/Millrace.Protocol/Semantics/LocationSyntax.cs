using System.Buffers;
using System.Text;

namespace Millrace.Protocol.Semantics;

/// <summary>A URL reference as it may stand in Location or Link (RFC 3986 4.1).</summary>
internal static class LocationSyntax
{
    /// <summary>RFC 3986 2: reserved and unreserved characters, and the percent sign of what is escaped already.</summary>
    private static readonly SearchValues<char> Allowed =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:/?#[]@!$&'()*+,;=%");

    /// <summary>The reference with every other character as the escapes of its UTF-8 bytes; what is escaped stays as it is.</summary>
    /// <exception cref="ArgumentException">It is empty or has control characters: those were never meant, and might split the response (RFC 9110 17.13).</exception>
    public static string Encode(string location)
    {
        ArgumentException.ThrowIfNullOrEmpty(location);
        if (location.AsSpan().ContainsAnyInRange('\0', '\u001F') || location.Contains('\u007F', StringComparison.Ordinal))
            throw new ArgumentException("A location must not have control characters: remove line ends and tabs.", nameof(location));
        if (!location.AsSpan().ContainsAnyExcept(Allowed))
            return location;
        var encoded = new StringBuilder(location.Length + 16);
        Span<byte> utf8 = stackalloc byte[4];
        foreach (var rune in location.EnumerateRunes())
        {
            if (rune.IsBmp && Allowed.Contains((char)rune.Value))
            {
                encoded.Append((char)rune.Value);
                continue;
            }
            int count = rune.EncodeToUtf8(utf8);
            foreach (byte octet in utf8[..count])
                encoded.Append('%').Append("0123456789ABCDEF"[octet >> 4]).Append("0123456789ABCDEF"[octet & 15]);
        }
        return encoded.ToString();
    }
}
