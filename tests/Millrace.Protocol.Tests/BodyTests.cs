using System.Text;
using Millrace.Protocol.Http1;
using Millrace.Protocol.Semantics;

namespace Millrace.Protocol.Tests;

/// <summary>What the case files cannot show: data received past the reader, and the framing a writer makes read back.</summary>
public sealed class BodyTests
{
    [Fact]
    public void A_body_by_length_counts_what_is_received_past_it()
    {
        var body = new LengthBody();
        body.Start(10);
        Assert.Equal(BodyStep.Data, body.Read("abc"u8, out var consumed, out _, out var length));
        Assert.Equal((3, 3), (consumed, length));
        Assert.Equal(7, body.ReadableWithoutFraming);
        body.Skip(6);
        Assert.False(body.IsComplete);
        Assert.Equal(BodyStep.NeedMore, body.Read([], out _, out _, out _));
        Assert.Equal(BodyStep.Data, body.Read("xyz"u8, out consumed, out _, out length));
        Assert.Equal((1, 1), (consumed, length));
        Assert.True(body.IsComplete);
        Assert.Equal(BodyStep.Complete, body.Read("yz"u8, out consumed, out _, out _));
        Assert.Equal(0, consumed);
    }

    [Fact]
    public void More_cannot_be_skipped_than_the_body_has()
    {
        var body = new LengthBody();
        body.Start(3);
        Assert.Throws<ArgumentOutOfRangeException>(() => body.Skip(4));
        Assert.Throws<ArgumentOutOfRangeException>(() => body.Start(-1));
        var chunked = new ChunkedBody(Http1Limits.Default);
        chunked.Start();
        Assert.Throws<ArgumentOutOfRangeException>(() => chunked.Skip(1));
    }

    [Fact]
    public void A_chunk_can_be_received_past_the_reader()
    {
        var body = new ChunkedBody(Http1Limits.Default);
        body.Start();
        Assert.Equal(0, body.ReadableWithoutFraming);
        body.Skip(0);
        Assert.Equal(BodyStep.Data, body.Read("A\r\n01"u8, out _, out var start, out var length));
        Assert.Equal((3, 2), (start, length));
        Assert.Equal(8, body.ReadableWithoutFraming);
        body.Skip(7);
        Assert.Equal(1, body.ReadableWithoutFraming);
        body.Skip(1);
        Assert.Equal(0, body.ReadableWithoutFraming);
        Assert.Equal(BodyStep.Complete, body.Read("\r\n0\r\n\r\nGET"u8, out var consumed, out _, out _));
        Assert.Equal(7, consumed);
        Assert.True(body.IsComplete);
    }

    [Fact]
    public void A_fault_stays_until_the_next_body()
    {
        var body = new ChunkedBody(Http1Limits.Default);
        body.Start();
        Assert.Equal(BodyStep.Fault, body.Read("x"u8, out _, out _, out _));
        Assert.Equal(BodyStep.Fault, body.Read("0\r\n\r\n"u8, out _, out _, out _));
        Assert.Equal(ProtocolFault.BadChunkSize, body.Fault);
        body.Start();
        Assert.Equal(ProtocolFault.None, body.Fault);
        Assert.Equal(BodyStep.Complete, body.Read("0\r\n\r\n"u8, out _, out _, out _));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(4095)]
    [InlineData(4096)]
    [InlineData(int.MaxValue)]
    [InlineData(long.MaxValue)]
    public void A_chunk_prefix_is_read_back_as_it_was_meant(long size)
    {
        var bytes = new byte[ChunkWriter.PrefixBytesMax];
        var written = ChunkWriter.WritePrefix(bytes, size);
        Assert.Equal($"{size:x}\r\n", Encoding.ASCII.GetString(bytes, 0, written));
        var body = new ChunkedBody(Http1Limits.Default);
        body.Start();
        Assert.Equal(BodyStep.NeedMore, body.Read(bytes.AsSpan(0, written), out var consumed, out _, out _));
        Assert.Equal((written, size), (consumed, body.ReadableWithoutFraming));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void A_chunk_of_nothing_would_end_the_body_and_is_refused(long size) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => ChunkWriter.WritePrefix(new byte[18], size));

    [Fact]
    public void The_end_of_a_chunked_body_carries_its_trailers()
    {
        KeyValuePair<string, string>[] trailers = [new("X", "1"), new("Server-Timing", "db;dur=2")];
        var bytes = new byte[ChunkWriter.EndBytesMax(trailers)];
        var written = ChunkWriter.WriteEnd(bytes, trailers);
        Assert.Equal("0\r\nX: 1\r\nServer-Timing: db;dur=2\r\n\r\n", Encoding.ASCII.GetString(bytes, 0, written));
        Assert.Equal(ChunkWriter.End, bytes.AsSpan(0, ChunkWriter.WriteEnd(bytes, [])));
        var body = new ChunkedBody(Http1Limits.Default);
        body.Start();
        ChunkWriter.WriteEnd(bytes, trailers);
        Assert.Equal(BodyStep.Complete, body.Read(bytes.AsSpan(0, written), out _, out _, out _));
        Assert.Equal("db;dur=2"u8, body.Trailers.Fields[1].Value(body.TrailerBytes));
        Assert.Equal(1, body.Trailers.IndexOf(body.TrailerBytes, "SERVER-timing"));
    }

    [Theory]
    [InlineData("Content-Length", "1")]
    [InlineData("transfer-encoding", "chunked")]
    [InlineData("Set-Cookie", "a=b")]
    [InlineData("X", "a\r\n")]
    public void A_trailer_that_must_not_be_one_is_refused(string name, string value) =>
        Assert.Throws<ArgumentException>(() => ChunkWriter.EndBytesMax([new(name, value)]));
}
