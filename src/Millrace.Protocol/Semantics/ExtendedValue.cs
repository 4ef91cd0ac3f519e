using System.Text;

namespace Millrace.Protocol.Semantics;

/// <summary>The extended form of a parameter (RFC 8187 3.2): <c>UTF-8'en'%e2%82%ac</c>.</summary>
internal static class ExtendedValue
{
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    /// <summary>The text, or null for what is malformed or in a charset that RFC 8187 does not ask for: such a parameter is to be passed over.</summary>
    public static string? Decode(string? value)
    {
        if (value is null)
            return null;
        int charsetEnd = value.IndexOf('\'', StringComparison.Ordinal);
        int languageEnd = charsetEnd < 0 ? -1 : value.IndexOf('\'', charsetEnd + 1);
        if (languageEnd < 0)
            return null;
        Encoding? encoding = value[..charsetEnd].ToUpperInvariant() switch
        {
            "UTF-8" => StrictUtf8,
            "ISO-8859-1" => Encoding.Latin1,
            _ => null,
        };
        return encoding is null || Octets(value.AsSpan(languageEnd + 1)) is not { } octets ? null : Text(encoding, octets);
    }

    private static byte[]? Octets(ReadOnlySpan<char> text)
    {
        var octets = new byte[text.Length];
        int count = 0;
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] is <= ' ' or > '~')
                return null;
            if (text[i] != '%')
            {
                octets[count++] = (byte)text[i];
                continue;
            }
            if (i + 2 >= text.Length || text[i + 1] > '~' || text[i + 2] > '~')
                return null;
            int high = AsciiSets.HexValue((byte)text[i + 1]);
            int low = AsciiSets.HexValue((byte)text[i + 2]);
            if ((high | low) < 0)
                return null;
            octets[count++] = (byte)((high << 4) | low);
            i += 2;
        }
        return octets[..count];
    }

    private static string? Text(Encoding encoding, byte[] octets)
    {
        try
        {
            return encoding.GetString(octets);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
