using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics;
using System.Text;
using Millrace.Protocol.Semantics;

namespace Millrace.Protocol.Http1;

/// <summary>
/// Writes the head of a response: a status line, the fields that the connection decides (Date, Server, Connection, the
/// framing), those of the handler, an empty line. Always as HTTP/1.1, whatever the client speaks (RFC 9110 2.5).
///
/// The size is bounded before anything is written, then one span is filled from front to back: no step can fail halfway and
/// leave half a head in the buffer. Whatever can be refused, names, values, the reason and the status, is refused before that
/// by <see cref="OutgoingFields"/>, also when the layer above has asked there already: no way to the wire leads past it.
///
/// It chooses nothing: what framing fits is <see cref="ResponseFraming"/>'s business, what Connection says follows from it.
/// The same writer serves interim responses, which are a status and fields with no framing (RFC 9110 15.2).
/// </summary>
internal static class ResponseHeadWriter
{
    // Longest of the fixed lines: Content-Length with 19 digits, "Transfer-Encoding: chunked", "Connection: keep-alive, Upgrade".
    private const int FixedLinesBytes = 128;

    private const int LineOverhead = 4;

    /// <summary>A response that the client may go on after (RFC 9110 15.2.1), whole.</summary>
    public static ReadOnlySpan<byte> Continue => "HTTP/1.1 100 Continue\r\n\r\n"u8;

    /// <summary>Writes <paramref name="head"/> with one GetSpan and one Advance; nothing is written when something in it is improper.</summary>
    public static void Write<TWriter>(TWriter writer, scoped in ResponseHead head)
        where TWriter : IBufferWriter<byte>
    {
        var destination = writer.GetSpan(BytesMax(head));
        writer.Advance(Write(destination, head));
    }

    /// <summary>An upper bound of the bytes of <paramref name="head"/>, whose fields are checked on the way.</summary>
    public static int BytesMax(scoped in ResponseHead head)
    {
        OutgoingFields.CheckStatus(head.Status);
        var bytes = StatusReasons.StatusLine(head.Status).Length + FixedLinesBytes
            + head.Date.Length + head.Server.Length + head.ContentType.Length + head.Vary.Length;
        if (head.Reason is { } reason)
        {
            OutgoingFields.CheckReason(reason);
            bytes += reason.Length;
        }

        foreach (var (name, value) in head.Fields)
        {
            OutgoingFields.Check(name, value);
            bytes = checked(bytes + name.Length + value.Length + LineOverhead);
        }

        return bytes;
    }

    /// <summary>Fills the front of <paramref name="destination"/>, which holds <see cref="BytesMax"/>; returns the bytes written.</summary>
    public static int Write(Span<byte> destination, scoped in ResponseHead head)
    {
        var position = WriteStatusLine(destination, head);
        if (head.Date.Length > 0)
            position += Line(destination[position..], "Date: "u8, head.Date);
        if (head.Server.Length > 0)
            position += Line(destination[position..], "Server: "u8, head.Server);
        if (head.Connection != ConnectionDirective.None)
            position += Copy(destination[position..], ConnectionLine(head.Connection));
        if (head.ContentType.Length > 0)
            position += Line(destination[position..], "Content-Type: "u8, head.ContentType);
        if (head.Vary.Length > 0)
            position += Line(destination[position..], "Vary: "u8, head.Vary);
        position += WriteFraming(destination[position..], head);
        foreach (var (name, value) in head.Fields)
            position += WriteField(destination[position..], name, value);
        return position + Copy(destination[position..], "\r\n"u8);
    }

    /// <summary>Writes one field line; name and value are known to be proper.</summary>
    internal static int WriteField(Span<byte> destination, string name, string value)
    {
        var position = Encoding.Latin1.GetBytes(name, destination);
        position += Copy(destination[position..], ": "u8);
        position += Encoding.Latin1.GetBytes(value, destination[position..]);
        return position + Copy(destination[position..], "\r\n"u8);
    }

    private static int WriteStatusLine(Span<byte> destination, scoped in ResponseHead head)
    {
        if (head.Reason is not { } reason)
            return Copy(destination, StatusReasons.StatusLine(head.Status));
        // RFC 9112 4: the space behind the code stays when the phrase is empty.
        var position = Copy(destination, StatusReasons.StatusLine(head.Status)[.."HTTP/1.1 200 ".Length]);
        position += Encoding.Latin1.GetBytes(reason, destination[position..]);
        return position + Copy(destination[position..], "\r\n"u8);
    }

    private static int WriteFraming(Span<byte> destination, scoped in ResponseHead head)
    {
        switch (head.Framing)
        {
            case BodyFraming.Length:
                var position = Copy(destination, "Content-Length: "u8);
                Utf8Formatter.TryFormat((ulong)head.ContentLength, destination[position..], out var digits);
                position += digits;
                return position + Copy(destination[position..], "\r\n"u8);
            case BodyFraming.Chunked:
                return Copy(destination, "Transfer-Encoding: chunked\r\n"u8);
            default:
                return 0;
        }
    }

    private static ReadOnlySpan<byte> ConnectionLine(ConnectionDirective directive) => directive switch
    {
        ConnectionDirective.Close => "Connection: close\r\n"u8,
        ConnectionDirective.KeepAlive => "Connection: keep-alive\r\n"u8,
        ConnectionDirective.Upgrade => "Connection: Upgrade\r\n"u8,
        ConnectionDirective.Close | ConnectionDirective.Upgrade => "Connection: close, Upgrade\r\n"u8,
        ConnectionDirective.KeepAlive | ConnectionDirective.Upgrade => "Connection: keep-alive, Upgrade\r\n"u8,
        _ => throw new UnreachableException(),
    };

    private static int Line(Span<byte> destination, ReadOnlySpan<byte> nameAndColon, ReadOnlySpan<byte> value)
    {
        nameAndColon.CopyTo(destination);
        value.CopyTo(destination[nameAndColon.Length..]);
        var end = nameAndColon.Length + value.Length;
        return end + Copy(destination[end..], "\r\n"u8);
    }

    private static int Copy(Span<byte> destination, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(destination);
        return bytes.Length;
    }
}
