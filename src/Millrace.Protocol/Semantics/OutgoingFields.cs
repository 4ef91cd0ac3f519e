using System.Buffers;
using System.Text;

namespace Millrace.Protocol.Semantics;

/// <summary>
/// The one place that decides what a handler may put into a head or trailer. A CR or LF that gets through lets the data of one
/// user write the response to another (CVE-2026-34514, -34519); a character above U+00FF would be narrowed to some other
/// byte, U+010A to a line feed. Messages name the field, never the value: it may be a secret, and it is what the attacker chose.
/// </summary>
internal static class OutgoingFields
{
    private static readonly SearchValues<char> TokenCharacters = Widen(AsciiSets.Token);
    private static readonly SearchValues<char> ValueCharacters = Widen(AsciiSets.FieldValue);

    /// <summary>RFC 9110 5.1: a field name is a token.</summary>
    public static void CheckName(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (name.Length == 0)
            throw new ArgumentException("A header name must not be empty.", nameof(name));
        if (name.AsSpan().ContainsAnyExcept(TokenCharacters))
            throw new ArgumentException($"The header name \"{Printable(name)}\" must consist of letters, digits and !#$%&'*+-.^_`|~ only.", nameof(name));
    }

    /// <summary>RFC 9110 5.5: visible characters, spaces, tabs, and what fits in one byte. The name is known to be proper.</summary>
    public static void CheckValue(string name, string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        var index = value.AsSpan().IndexOfAnyExcept(ValueCharacters);
        if (index < 0)
            return;
        throw new ArgumentException(
            value[index] > '\u00FF'
                ? $"The value of header \"{Printable(name)}\" has a character above U+00FF at index {index}; percent-encode it, or write it as RFC 8187 says (name*=UTF-8''...)."
                : $"The value of header \"{Printable(name)}\" has a control character at index {index}; remove line ends and other controls.",
            nameof(value));
    }

    public static void Check(string name, string value)
    {
        CheckName(name);
        CheckValue(name, value);
    }

    /// <summary>RFC 9112 4: the characters of a field value.</summary>
    public static void CheckReason(string reason)
    {
        ArgumentNullException.ThrowIfNull(reason);
        if (reason.AsSpan().ContainsAnyExcept(ValueCharacters))
            throw new ArgumentException("A reason phrase must not have control characters or characters above U+00FF.", nameof(reason));
    }

    /// <summary>RFC 9110 15: three digits, from 100 to 599.</summary>
    public static void CheckStatus(int status)
    {
        if (status is < StatusReasons.StatusMin or > StatusReasons.StatusMax)
            throw new ArgumentOutOfRangeException(nameof(status), status, "A status code lies between 100 and 599.");
    }

    private static string Printable(string name)
    {
        var text = new StringBuilder(Math.Min(name.Length, 64));
        foreach (var character in name.AsSpan(0, Math.Min(name.Length, 64)))
            text.Append(char.IsBetween(character, ' ', '~') ? character : '?');
        return text.ToString();
    }

    private static SearchValues<char> Widen(SearchValues<byte> bytes)
    {
        var characters = new StringBuilder();
        for (var value = 0; value <= byte.MaxValue; value++)
        {
            if (bytes.Contains((byte)value))
                characters.Append((char)value);
        }

        return SearchValues.Create(characters.ToString());
    }
}
