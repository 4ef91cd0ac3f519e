using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Millrace.Protocol.Semantics;

namespace Millrace.Messages;

/// <summary>Turns a body into text or a value, by what its Content-Type says, and says what was wrong with it when that fails.</summary>
internal static class BodyText
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The media type alone, as written; empty where there is none.</summary>
    public static string MediaType(string? contentType) => new FieldParameters(contentType).Value.ToString();

    public static string? Charset(string? contentType) => FieldParameters.Find(contentType, "charset");

    /// <summary>JSON by its media type: application/json, or of a type that is written in it (RFC 6839 section 3.1).</summary>
    public static bool IsJson(string mediaType) =>
        mediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase) || mediaType.EndsWith("+json", StringComparison.OrdinalIgnoreCase);

    /// <exception cref="HttpException">The charset is unknown, or the bytes are not valid in it (415).</exception>
    public static string Decode(ReadOnlySpan<byte> bytes, string? charset) => Decode(bytes, EncodingOf(charset));

    public static string Decode(ReadOnlySpan<byte> bytes, Encoding encoding)
    {
        try
        {
            return encoding.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            throw new HttpUnsupportedMediaTypeException($"The body is not valid {encoding.WebName}.");
        }
    }

    /// <exception cref="HttpException">The body is no JSON of that shape (400).</exception>
    public static T? Json<T>(ReadOnlySpan<byte> bytes, JsonTypeInfo<T> typeInfo)
    {
        try
        {
            return JsonSerializer.Deserialize(bytes, typeInfo);
        }
        catch (JsonException e)
        {
            throw BadJson(e);
        }
    }

    // The position is of the client's own making and helps it; the text of the exception may quote the body and stays here.
    public static HttpException BadJson(JsonException e) =>
        new HttpBadRequestException($"The body is not the JSON expected here (line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}).");

    /// <summary>The Content-Type of a text that is sent as UTF-8: of type text/* it says so, since clients take one that says nothing for something else.</summary>
    /// <exception cref="ArgumentException">It names another charset.</exception>
    public static string TypeOfUtf8(string contentType)
    {
        string? charset = Charset(contentType);
        if (charset is not null && !IsUtf8(charset))
            throw new ArgumentException($"Texts are sent as UTF-8, not as {charset}: leave the charset out, or encode the text and send its bytes (Response.Bytes).", nameof(contentType));
        return charset is null && contentType.StartsWith("text/", StringComparison.OrdinalIgnoreCase) ? contentType + "; charset=utf-8" : contentType;
    }

    /// <exception cref="HttpException">The charset is unknown (415).</exception>
    public static Encoding EncodingOf(string? charset)
    {
        if (charset is null || IsUtf8(charset))
            return StrictUtf8;
        try
        {
            return Encoding.GetEncoding(charset, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            // NotSupportedException: UTF-7, which .NET knows and refuses.
            throw new HttpUnsupportedMediaTypeException("The charset of the body is not known here. Send UTF-8.");
        }
    }

    // "utf8" is a label of it, too (WHATWG Encoding section 4.2), and what many programs send.
    private static bool IsUtf8(string charset) =>
        charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase) || charset.Equals("utf8", StringComparison.OrdinalIgnoreCase);
}
