using System.Buffers;
using System.Text;

namespace Millrace.Messages;

/// <summary>
/// Values of cookies. RFC 6265 section 4.1.1 has no way to write a space, a quote, a comma, a semicolon or a backslash: they are quoted as aiohttp
/// and others do it, in double quotes with octal escapes, which browsers give back unread.
/// </summary>
internal static class CookieText
{
    // cookie-octet, and the bytes above ASCII that field values may have.
    private static readonly SearchValues<char> Plain = SearchValues.Create(
        [.. Enumerable.Range(0x21, 0x7E - 0x20).Concat(Enumerable.Range(0x80, 0x80)).Select(value => (char)value).Except("\",;\\")]);

    /// <exception cref="ArgumentException">There are control characters or characters above U+00FF.</exception>
    public static string Quote(string value)
    {
        if (!value.AsSpan().ContainsAnyExcept(Plain))
            return value;
        var quoted = new StringBuilder(value.Length + 8).Append('"');
        foreach (char c in value)
        {
            if (c is < ' ' or '\u007F' or > '\u00FF')
                throw new ArgumentException("The value of a cookie has a control character or one above U+00FF: encode it, as with Uri.EscapeDataString.", nameof(value));
            // A space may stand between the quotes: no browser takes it away there.
            if (c == ' ' || Plain.Contains(c))
                quoted.Append(c);
            else
                quoted.Append('\\').Append((char)('0' + (c >> 6))).Append((char)('0' + ((c >> 3) & 7))).Append((char)('0' + (c & 7)));
        }
        return quoted.Append('"').ToString();
    }

    /// <summary>The value without quotes and escapes around it; what is not quoted, as it is.</summary>
    public static string Unquote(ReadOnlySpan<char> value)
    {
        if (value.Length < 2 || value[0] != '"' || value[^1] != '"')
            return value.ToString();
        value = value[1..^1];
        if (!value.Contains('\\'))
            return value.ToString();
        var text = new StringBuilder(value.Length);
        for (int i = 0; i < value.Length; i++)
        {
            if (value[i] == '\\' && IsOctal(value[(i + 1)..]))
            {
                text.Append((char)(((value[i + 1] - '0') << 6) | ((value[i + 2] - '0') << 3) | (value[i + 3] - '0')));
                i += 3;
            }
            else if (value[i] == '\\' && i + 1 < value.Length)
            {
                text.Append(value[++i]);
            }
            else
            {
                text.Append(value[i]);
            }
        }
        return text.ToString();
    }

    private static bool IsOctal(ReadOnlySpan<char> digits) =>
        digits.Length >= 3 && digits[0] is >= '0' and <= '3' && digits[1] is >= '0' and <= '7' && digits[2] is >= '0' and <= '7';
}
