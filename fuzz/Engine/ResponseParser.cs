using System.Buffers;
using System.Globalization;
using System.Text;

namespace Millrace.Fuzz.Engine;

/// <summary>One response on the wire: what it says and what stood behind its head.</summary>
internal sealed record WireResponse(int Status, IReadOnlyList<KeyValuePair<string, string>> Fields, string Body)
{
    public bool Closes => Field("Connection")?.Contains("close", StringComparison.OrdinalIgnoreCase) == true;

    public string? Field(string name) => Fields.FirstOrDefault(field => field.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;
}

/// <summary>A strict second reading of HTTP/1.1 responses, with nothing of the server's own code in it. The echo servers name the method in a field, for HEAD has no body.</summary>
internal static class ResponseParser
{
    public const string MethodField = "X-Method";

    private static readonly SearchValues<char> NotInNames = SearchValues.Create(" \t\"(),/;<=>?@[\\]{}");

    /// <summary>All responses, the interim ones included; false if the bytes end inside one.</summary>
    /// <exception cref="BrokenInvariantException">They are no responses.</exception>
    public static bool TryParse(string text, bool atEnd, out List<WireResponse> responses)
    {
        responses = [];
        for (int at = 0; at < text.Length;)
        {
            int headEnd = text.IndexOf("\r\n\r\n", at, StringComparison.Ordinal);
            if (headEnd < 0)
                return false;
            string[] lines = text[at..headEnd].Split("\r\n");
            int status = Status(lines[0]);
            var fields = lines.Skip(1).Select(Field).ToList();
            var response = new WireResponse(status, fields, "");
            at = headEnd + 4;
            int length = BodyLength(response, text.AsSpan(at), atEnd);
            if (length > text.Length - at)
                return false;
            responses.Add(response with { Body = text.Substring(at, length) });
            at += length;
        }
        return true;
    }

    private static int Status(string line)
    {
        Invariant.Holds(line.StartsWith("HTTP/1.1 ", StringComparison.Ordinal) && line.Length >= 13 && line[12] == ' ', $"the status line is '{line}'");
        Invariant.Holds(int.TryParse(line.AsSpan(9, 3), NumberStyles.None, CultureInfo.InvariantCulture, out int status) && status is >= 100 and <= 599);
        Invariant.Holds(IsText(line));
        return status;
    }

    private static KeyValuePair<string, string> Field(string line)
    {
        int colon = line.IndexOf(':', StringComparison.Ordinal);
        Invariant.Holds(colon > 0 && !line.AsSpan(0, colon).ContainsAny(NotInNames) && IsText(line), $"the field line is '{line}'");
        return new(line[..colon], line[(colon + 1)..].Trim(' '));
    }

    private static int BodyLength(WireResponse response, ReadOnlySpan<char> rest, bool atEnd)
    {
        Invariant.Holds(response.Field("Transfer-Encoding") is null, "the echo servers always know the length");
        if (response.Status is < 200 or 204 or 304 || response.Field(MethodField) == "HEAD")
            return 0;
        // A refusal does not name the method: where a body should begin and none does, it answered HEAD.
        if (response.Field(MethodField) is null && (rest.IsEmpty || rest.StartsWith("HTTP/1.1 ")))
            return 0;
        if (response.Field("Content-Length") is { } length)
        {
            Invariant.Holds(int.TryParse(length, NumberStyles.None, CultureInfo.InvariantCulture, out int bytes), $"Content-Length is '{length}'");
            return bytes;
        }
        Invariant.Holds(response.Closes, "a response without a length closes");
        return atEnd ? rest.Length : int.MaxValue;
    }

    private static bool IsText(string line) => Encoding.Latin1.GetBytes(line).All(value => value is (byte)'\t' or >= (byte)' ' and not 0x7F);
}
