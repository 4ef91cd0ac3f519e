using System.Buffers;

namespace Millrace.Protocol.Semantics;

/// <summary>
/// The byte classes of the grammar, each written down once. Everything that judges a byte of the wire asks here,
/// vectorised over a span or byte by byte, so the two can never disagree. No general number or character helper of the
/// runtime is used on wire bytes: those know white space, signs, cultures and the digits of every script.
/// </summary>
internal static class AsciiSets
{
    private const string Alphanumeric = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    /// <summary>RFC 9110 5.6.2: tchar.</summary>
    public static readonly SearchValues<byte> Token = Of("!#$%&'*+-.^_`|~" + Alphanumeric);

    /// <summary>RFC 9110 5.5: HTAB, SP, VCHAR and obs-text; every control, CR, LF and NUL among them, is outside.</summary>
    public static readonly SearchValues<byte> FieldValue = SearchValues.Create(FieldValueBytes());

    /// <summary>
    /// What may stand in a request-target. RFC 3986 2 would leave out ``\ ^ ` { | }`` as well, but the URL standard has
    /// browsers send those literally in queries, so they pass. The number sign is refused because a fragment is never
    /// sent (RFC 9112 3.2), the quote and angle brackets because every browser escapes them.
    /// </summary>
    public static readonly SearchValues<byte> Target = Of("!$%&'()*+,-./:;=?@[\\]^_`{|}~" + Alphanumeric);

    /// <summary>
    /// RFC 3986 3.2.2 reg-name without sub-delims and percent escapes: no name that resolves has them, and a comma, a
    /// quote or an escape in a Host only serves to make two readers disagree.
    /// </summary>
    public static readonly SearchValues<byte> HostName = Of("-._~" + Alphanumeric);

    /// <summary>RFC 9110 5.6.4: what may stand unescaped between the quotes of a quoted-string.</summary>
    public static bool IsQuotedText(byte value) => value != (byte)'"' && value != (byte)'\\' && FieldValue.Contains(value);

    public static bool IsDigit(byte value) => (uint)(value - '0') <= 9;

    public static bool IsBlank(byte value) => value is (byte)' ' or (byte)'\t';

    /// <summary>The value of a hexadecimal digit, or -1.</summary>
    public static int HexValue(byte value)
    {
        var digit = (uint)(value - '0');
        if (digit <= 9)
            return (int)digit;
        var letter = (uint)((value | 0x20) - 'a');
        return letter <= 5 ? (int)letter + 10 : -1;
    }

    public static bool IsToken(ReadOnlySpan<byte> value) => value.Length > 0 && !value.ContainsAnyExcept(Token);

    /// <summary>RFC 9110 5.6.3: optional white space is SP and HTAB and nothing else.</summary>
    public static ReadOnlySpan<byte> TrimBlanks(ReadOnlySpan<byte> value)
    {
        while (value.Length > 0 && IsBlank(value[0]))
            value = value[1..];
        while (value.Length > 0 && IsBlank(value[^1]))
            value = value[..^1];
        return value;
    }

    private static SearchValues<byte> Of(string characters) => SearchValues.Create(System.Text.Encoding.ASCII.GetBytes(characters));

    private static byte[] FieldValueBytes()
    {
        var bytes = new List<byte> { (byte)'\t' };
        for (var value = 0x20; value <= 0xFF; value++)
        {
            if (value != 0x7F)
                bytes.Add((byte)value);
        }

        return [.. bytes];
    }
}
