using System.Text;
using System.Text.Json;

namespace Millrace.Messages;

/// <summary>Turns a body into text, and says what was wrong with it when that fails.</summary>
internal static class BodyText
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static string Decode(ReadOnlySpan<byte> bytes, string? contentType)
    {
        var encoding = EncodingOf(contentType);
        try
        {
            return encoding.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            throw new HttpException(415, $"The body is not valid {encoding.WebName}.");
        }
    }

    // The position is of the client's own making and helps it; the text of the exception may quote the body and stays here.
    public static HttpException BadJson(JsonException e) =>
        new(400, $"The body is not the JSON expected here (line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}).");

    private static Encoding EncodingOf(string? contentType)
    {
        const string Parameter = "charset=";
        int at = contentType?.IndexOf(Parameter, StringComparison.OrdinalIgnoreCase) ?? -1;
        if (at < 0)
            return StrictUtf8;
        var charset = contentType.AsSpan(at + Parameter.Length);
        int end = charset.IndexOfAny(';', ' ');
        charset = (end < 0 ? charset : charset[..end]).Trim('"');
        if (charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase))
            return StrictUtf8;
        try
        {
            return Encoding.GetEncoding(charset.ToString(), EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            // NotSupportedException: UTF-7, which .NET knows and refuses.
            throw new HttpException(415, "The charset of the body is not known here. Send UTF-8.");
        }
    }
}
