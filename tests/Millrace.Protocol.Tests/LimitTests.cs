using System.Text;
using Millrace.Protocol.Http1;
using Millrace.Protocol.Semantics;

namespace Millrace.Protocol.Tests;

/// <summary>Limits other than the defaults, and the promise that work is linear.</summary>
public sealed class LimitTests
{
    [Fact]
    public void A_limit_that_makes_no_sense_is_refused_where_it_is_set()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new Http1Limits { RequestLineBytesMax = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new Http1Limits { FieldBytesMax = -1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new Http1Limits { FieldCountMax = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new Http1Limits { EmptyLinesMax = -1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new Http1Limits { HeadBytesMax = 10 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new Http1Limits { TrailerBytesMax = 1 });
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => new Http1Limits { ChunkLineBytesMax = 1 });
        Assert.Contains("ChunkLineBytesMax must be at least", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, "fault 431 too_many_fields")]
    [InlineData(2, "request GET / HTTP/1.1")]
    public void The_number_of_fields_is_held(int max, string expected) =>
        Assert.Equal(expected, First(new Http1Limits { FieldCountMax = max }, "GET / HTTP/1.1\r\nHost: a\r\nX: 1\r\n\r\n"));

    [Theory]
    [InlineData(16, "fault 431 field_too_large")]
    [InlineData(15, "request GET / HTTP/1.1")]
    public void The_bytes_of_a_field_line_are_held(int valueLength, string expected) =>
        Assert.Equal(expected, First(new Http1Limits { FieldBytesMax = 20 }, $"GET / HTTP/1.1\r\nHost: a\r\nX: {new string('v', valueLength)}\r\n\r\n"));

    [Theory]
    [InlineData(89, "fault 431 head_too_large")]
    [InlineData(90, "request GET / HTTP/1.1")]
    public void The_bytes_of_a_head_are_held(int max, string expected) =>
        Assert.Equal(expected, First(new Http1Limits { HeadBytesMax = max }, $"GET / HTTP/1.1\r\nHost: a\r\nX: {new string('v', 58)}\r\n\r\n"));

    [Fact]
    public void Empty_lines_count_for_the_head()
    {
        var limits = new Http1Limits { HeadBytesMax = 64, EmptyLinesMax = 1000 };
        Assert.Equal("fault 431 head_too_large", First(limits, string.Concat(Enumerable.Repeat("\r\n", 100)) + "GET / HTTP/1.1\r\n"));
    }

    [Fact]
    public void With_no_empty_line_allowed_the_first_is_a_fault() =>
        Assert.Equal("fault 400 too_many_empty_lines", First(new Http1Limits { EmptyLinesMax = 0 }, "\r\nGET / HTTP/1.1\r\n"));

    [Fact]
    public void A_whole_head_is_never_scanned_byte_by_byte()
    {
        var reader = new Http1RequestReader(Http1Limits.Default);
        Assert.Equal(ReadResult.Complete, reader.Read("GET / HTTP/1.1\r\nHost: a\r\nX-Y: z\r\n\r\n"u8, new RawRequestMessage()));
        Assert.Equal(0, reader.ScannedBytes);
    }

    [Fact]
    public void A_head_that_drips_in_is_scanned_once()
    {
        var head = Encoding.ASCII.GetBytes($"GET /{new string('a', 8000)} HTTP/1.1\r\nHost: a\r\nX: {new string('v', 16000)}\r\n\r\n");
        var reader = new Http1RequestReader(Http1Limits.Default);
        var found = new RawRequestMessage();
        for (var length = 1; length < head.Length; length++)
            Assert.Equal(ReadResult.NeedMore, reader.Read(head.AsSpan(0, length), found));
        Assert.Equal(ReadResult.Complete, reader.Read(head, found));
        Assert.InRange(reader.ScannedBytes, 1, head.Length);
    }

    [Fact]
    public void A_reader_is_ready_again_after_a_fault()
    {
        var reader = new Http1RequestReader(Http1Limits.Default);
        var head = new RawRequestMessage();
        Assert.Equal(ReadResult.Fault, reader.Read("\0"u8, head));
        Assert.Equal(ReadResult.Fault, reader.Read("\0GET / HTTP/1.1\r\nHost: a\r\n\r\n"u8, head));
        reader.Reset();
        head.Reset();
        Assert.Equal(ReadResult.Complete, reader.Read("GET / HTTP/1.1\r\nHost: a\r\n\r\n"u8, head));
    }

    private static string First(Http1Limits limits, string bytes)
    {
        var whole = MachineDriver.Run(limits, Encoding.ASCII.GetBytes(bytes));
        Assert.Equal(whole, MachineDriver.Run(limits, Encoding.ASCII.GetBytes(bytes).Chunk(1)));
        return whole[0];
    }
}
