using System.Buffers.Text;
using Millrace.Protocol.Semantics;

namespace Millrace.Protocol.Http1;

/// <summary>
/// The framing of a chunked response (RFC 9112 7.1) around data that someone else writes: a prefix of the exact size, the data,
/// a suffix; at the end the last chunk with the trailers. A chunk of size zero would end the body, so none is ever announced.
/// </summary>
internal static class ChunkWriter
{
    /// <summary>Bytes of the longest prefix: sixteen hexadecimal digits and CRLF.</summary>
    public const int PrefixBytesMax = 18;

    public static ReadOnlySpan<byte> Suffix => "\r\n"u8;

    /// <summary>The last chunk and an empty trailer section.</summary>
    public static ReadOnlySpan<byte> End => "0\r\n\r\n"u8;

    /// <summary>Writes the size line; returns its bytes.</summary>
    public static int WritePrefix(Span<byte> destination, long dataLength)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(dataLength);
        if (!Utf8Formatter.TryFormat(dataLength, destination, out var digits, 'x'))
            throw new ArgumentException("The prefix of a chunk needs up to 18 bytes.", nameof(destination));
        Suffix.CopyTo(destination[digits..]);
        return digits + Suffix.Length;
    }

    /// <summary>An upper bound of the last chunk with these trailers, which are checked on the way.</summary>
    public static int EndBytesMax(ReadOnlySpan<KeyValuePair<string, string>> trailers)
    {
        var bytes = End.Length;
        foreach (var (name, value) in trailers)
        {
            CheckTrailer(name, value);
            bytes = checked(bytes + name.Length + value.Length + ": \r\n".Length);
        }

        return bytes;
    }

    /// <summary>Writes the last chunk and the trailers into a span of <see cref="EndBytesMax"/>; returns its bytes.</summary>
    public static int WriteEnd(Span<byte> destination, ReadOnlySpan<KeyValuePair<string, string>> trailers)
    {
        "0\r\n"u8.CopyTo(destination);
        var position = 3;
        foreach (var (name, value) in trailers)
            position += ResponseHeadWriter.WriteField(destination[position..], name, value);
        Suffix.CopyTo(destination[position..]);
        return position + Suffix.Length;
    }

    // RFC 9110 6.5.1: a sender must not put framing, routing and the like into trailers.
    private static void CheckTrailer(string name, string value)
    {
        OutgoingFields.Check(name, value);
        var known = FieldNames.Find(name);
        if (TrailerRules.IsRefused(known) || TrailerRules.IsLeftOut(known))
            throw new ArgumentException($"The field \"{name}\" must not be sent as a trailer; set it before the head is sent.", nameof(name));
    }
}
