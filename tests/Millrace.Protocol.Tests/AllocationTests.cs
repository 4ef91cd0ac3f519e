using Millrace.Protocol.Http1;
using Millrace.Protocol.Semantics;

namespace Millrace.Protocol.Tests;

/// <summary>The steady path makes no object: what a request costs, the handler's layers decide.</summary>
public sealed class AllocationTests
{
    private const int Rounds = 1000;

    [Fact]
    public void Reading_a_head_allocates_nothing()
    {
        var reader = new Http1RequestReader(Http1Limits.Default);
        var head = new RawRequestMessage();
        AssertNothing(() =>
        {
            reader.Reset();
            head.Reset();
            Assert.True(reader.Read("GET /a?b HTTP/1.1\r\nHost: a\r\nAccept: */*\r\nX-Other: 1\r\nConnection: keep-alive\r\n\r\n"u8, head) == ReadResult.Complete);
        });
    }

    [Fact]
    public void Reading_a_head_in_two_parts_allocates_nothing()
    {
        var reader = new Http1RequestReader(Http1Limits.Default);
        var head = new RawRequestMessage();
        AssertNothing(() =>
        {
            reader.Reset();
            head.Reset();
            var whole = "POST /a?b HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n"u8;
            Assert.True(reader.Read(whole[..10], head) == ReadResult.NeedMore);
            Assert.True(reader.Read(whole[..35], head) == ReadResult.NeedMore);
            Assert.True(reader.Read(whole, head) == ReadResult.Complete);
        });
    }

    [Fact]
    public void Reading_chunks_allocates_nothing()
    {
        var body = new ChunkedBody(Http1Limits.Default);
        AssertNothing(() =>
        {
            body.Start();
            var rest = "3\r\nabc\r\n1;a=b\r\nd\r\n0\r\n\r\n"u8;
            while (body.Read(rest, out var consumed, out _, out _) == BodyStep.Data)
                rest = rest[consumed..];
            Assert.True(body.IsComplete);
        });
    }

    [Fact]
    public void Reading_the_trailers_of_the_second_body_allocates_nothing()
    {
        var body = new ChunkedBody(Http1Limits.Default);
        AssertNothing(() =>
        {
            body.Start();
            Assert.True(body.Read("0\r\nX: 1\r\nY: 2\r\n\r\n"u8, out _, out _, out _) == BodyStep.Complete);
        });
    }

    [Fact]
    public void Writing_a_head_allocates_nothing()
    {
        var destination = new byte[1024];
        var date = "Sun, 06 Nov 1994 08:49:37 GMT"u8.ToArray();
        KeyValuePair<string, string>[] fields = [new("X-A", "1"), new("Cache-Control", "no-store")];
        AssertNothing(() =>
        {
            var head = new ResponseHead
            {
                Status = 200,
                Date = date,
                Server = "Millrace"u8,
                Framing = BodyFraming.Length,
                ContentLength = 1234,
                ContentType = "text/plain"u8,
                Fields = fields,
            };
            Assert.True(ResponseHeadWriter.BytesMax(head) <= destination.Length);
            ResponseHeadWriter.Write(destination, head);
        });
    }

    private static void AssertNothing(Action action)
    {
        action();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var round = 0; round < Rounds; round++)
            action();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
