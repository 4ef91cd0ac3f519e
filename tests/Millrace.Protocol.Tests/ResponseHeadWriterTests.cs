using System.Buffers;
using System.Text;
using Millrace.Protocol.Http1;
using Millrace.Protocol.Semantics;

namespace Millrace.Protocol.Tests;

public sealed class ResponseHeadWriterTests
{
    private const string Date = "Sun, 06 Nov 1994 08:49:37 GMT";

    [Fact]
    public void A_plain_response_has_its_lines_in_their_order()
    {
        var head = new ResponseHead
        {
            Status = 200,
            Date = Encoding.ASCII.GetBytes(Date),
            Server = "Millrace"u8,
            Framing = BodyFraming.Length,
            ContentLength = 13,
            ContentType = "text/plain; charset=utf-8"u8,
            Fields = [new("X-A", "1"), new("Set-Cookie", "a=\u00E9")],
        };
        Assert.Equal(
            $"HTTP/1.1 200 OK\r\nDate: {Date}\r\nServer: Millrace\r\nContent-Type: text/plain; charset=utf-8\r\n"
            + "Content-Length: 13\r\nX-A: 1\r\nSet-Cookie: a=\u00E9\r\n\r\n",
            Write(head));
    }

    [Fact]
    public void An_interim_response_is_a_status_and_its_fields()
    {
        var head = new ResponseHead { Status = 103, Framing = BodyFraming.None, Fields = [new("Link", "</a.css>; rel=preload")] };
        Assert.Equal("HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n", Write(head));
        Assert.Equal("HTTP/1.1 100 Continue\r\n\r\n", Encoding.ASCII.GetString(ResponseHeadWriter.Continue));
        Assert.Equal("HTTP/1.1 100 Continue\r\n\r\n", Write(new ResponseHead { Status = 100, Framing = BodyFraming.None }));
    }

    [Theory]
    [InlineData((int)BodyFraming.None, "")]
    [InlineData((int)BodyFraming.Length, "Content-Length: 9223372036854775807\r\n")]
    [InlineData((int)BodyFraming.Chunked, "Transfer-Encoding: chunked\r\n")]
    [InlineData((int)BodyFraming.UntilClose, "")]
    public void Each_framing_has_its_line(int framing, string line)
    {
        var head = new ResponseHead { Status = 200, Framing = (BodyFraming)framing, ContentLength = long.MaxValue };
        Assert.Equal($"HTTP/1.1 200 OK\r\n{line}\r\n", Write(head));
    }

    [Theory]
    [InlineData((int)ConnectionDirective.None, "")]
    [InlineData((int)ConnectionDirective.KeepAlive, "Connection: keep-alive\r\n")]
    [InlineData((int)ConnectionDirective.Close, "Connection: close\r\n")]
    [InlineData((int)ConnectionDirective.Upgrade, "Connection: Upgrade\r\n")]
    [InlineData((int)(ConnectionDirective.Close | ConnectionDirective.Upgrade), "Connection: close, Upgrade\r\n")]
    [InlineData((int)(ConnectionDirective.KeepAlive | ConnectionDirective.Upgrade), "Connection: keep-alive, Upgrade\r\n")]
    public void Each_directive_has_its_line(int directive, string line)
    {
        var head = new ResponseHead { Status = 200, Framing = BodyFraming.None, Connection = (ConnectionDirective)directive };
        Assert.Equal($"HTTP/1.1 200 OK\r\n{line}\r\n", Write(head));
    }

    [Theory]
    [InlineData(200, null, "200 OK")]
    [InlineData(200, "Fine", "200 Fine")]
    [InlineData(200, "", "200 ")]
    [InlineData(299, null, "299 ")]
    [InlineData(299, "Quite \u00E9", "299 Quite \u00E9")]
    public void The_reason_is_the_handler_s_or_the_registered_one(int status, string? reason, string expected) =>
        Assert.Equal($"HTTP/1.1 {expected}\r\n\r\n", Write(new ResponseHead { Status = status, Reason = reason, Framing = BodyFraming.None }));

    [Fact]
    public void The_bound_holds_for_the_longest_head()
    {
        var head = new ResponseHead
        {
            Status = 511,
            Reason = new string('r', 300),
            Date = Encoding.ASCII.GetBytes(Date),
            Server = Encoding.ASCII.GetBytes(new string('s', 300)),
            Connection = ConnectionDirective.KeepAlive,
            Framing = BodyFraming.Length,
            ContentLength = long.MaxValue,
            ContentType = Encoding.ASCII.GetBytes(new string('t', 300)),
            Fields = [.. Enumerable.Repeat(new KeyValuePair<string, string>(new string('n', 40), new string('v', 500)), 50)],
        };
        var bound = ResponseHeadWriter.BytesMax(head);
        Assert.InRange(ResponseHeadWriter.Write(new byte[bound], head), bound - 160, bound);
    }

    [Theory]
    [InlineData("X", "a\r\nSet-Cookie: b=c")]
    [InlineData("X", "a\nb")]
    [InlineData("X", "a\0")]
    [InlineData("X", "a\u010Ab")]
    [InlineData("X\r\nY", "a")]
    [InlineData("X:", "a")]
    [InlineData("", "a")]
    public void An_improper_field_is_refused_and_nothing_is_written(string name, string value)
    {
        var buffer = new ArrayBufferWriter<byte>();
        Assert.ThrowsAny<ArgumentException>(() => ResponseHeadWriter.Write(
            buffer, new ResponseHead { Status = 200, Framing = BodyFraming.None, Fields = [new("A", "b"), new(name, value)] }));
        Assert.Equal(0, buffer.WrittenCount);
    }

    [Theory]
    [InlineData(200, "a\rb")]
    [InlineData(200, "a\nb")]
    [InlineData(200, "\u0100")]
    [InlineData(99, null)]
    [InlineData(600, null)]
    public void An_improper_status_line_is_refused_and_nothing_is_written(int status, string? reason)
    {
        var buffer = new ArrayBufferWriter<byte>();
        Assert.ThrowsAny<ArgumentException>(() => ResponseHeadWriter.Write(
            buffer, new ResponseHead { Status = status, Reason = reason, Framing = BodyFraming.None }));
        Assert.Equal(0, buffer.WrittenCount);
    }

    private static string Write(scoped in ResponseHead head)
    {
        var buffer = new ArrayBufferWriter<byte>();
        ResponseHeadWriter.Write(buffer, head);
        return Encoding.Latin1.GetString(buffer.WrittenSpan);
    }
}
