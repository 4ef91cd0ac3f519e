using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Millrace.Tests.Responses;

/// <summary>Responses whose body comes from a stream, a sequence or parts (row 141), and redirects.</summary>
public sealed class SourceResponseTests
{
    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task Row_141_bodies_of_streams_and_sequences_have_type_length_and_chunks(Kind kind)
    {
        byte[] content = Patterns.Bytes(200_000);
        await using var server = new RunningServer(kind,
        [
            Get("/seekable", request => Response.Stream(new MemoryStream(content) { Position = 1 })),
            Get("/unseekable", request => Response.Stream(new Unseekable(content), contentType: "a/b")),
            Get("/bytes", request => Response.Stream(BytesAsync(3))),
            Get("/text", request => Response.Stream(TextAsync(), 201)),
            Get("/lines", request => Response.JsonLines(PeopleAsync(), Requests.BodyReadTests.PersonContext.Default.Person)),
        ]);
        using var client = await server.ConnectAsync();
        for (int i = 0; i < 2; i++)
        {
            var seekable = await client.AskAsync("GET /seekable HTTP/1.1\r\nHost: a\r\n\r\n");
            Assert.Equal(("199999", "application/octet-stream"), (seekable["Content-Length"], seekable["Content-Type"]));
            Assert.Equal(content[1..], seekable.Body);
            var unseekable = await client.AskAsync("GET /unseekable HTTP/1.1\r\nHost: a\r\n\r\n");
            Assert.Equal((null, "chunked", "a/b"), (unseekable["Content-Length"], unseekable["Transfer-Encoding"], unseekable["Content-Type"]));
            Assert.Equal(content, unseekable.Body);
            var bytes = await client.AskAsync("GET /bytes HTTP/1.1\r\nHost: a\r\n\r\n");
            Assert.Equal([0, 1, 2], bytes.Body);
            Assert.Equal([1, 1, 1], bytes.Chunks);
            var text = await client.AskAsync("GET /text HTTP/1.1\r\nHost: a\r\n\r\n");
            Assert.Equal((201, "grün€", "text/plain; charset=utf-8"), (text.Status, text.Text, text["Content-Type"]));
            var lines = await client.AskAsync("GET /lines HTTP/1.1\r\nHost: a\r\n\r\n");
            Assert.Equal(("{\"name\":\"a\",\"age\":1}\n{\"name\":\"b\",\"age\":2}\n", "application/x-ndjson"), (lines.Text, lines["Content-Type"]));
            Assert.Equal(2, lines.Chunks.Count);
        }
    }

    [Fact]
    public async Task HEAD_reads_nothing_of_the_source_and_lets_go_of_it()
    {
        var stream = new Unseekable([1, 2, 3]);
        await using var server = new RunningServer(Kind.InMemory, [Get("/", request => Response.Stream(stream))]);
        using var client = await server.ConnectAsync();
        var response = await client.AskAsync("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.Equal((200, null), (response.Status, response["Content-Length"]));
        await Deadline.UntilAsync(() => stream.Disposed == 1, "the end of the stream");
        Assert.Equal(0, stream.Reads);
    }

    [Theory]
    [InlineData(204)]
    [InlineData(304)]
    [InlineData(205)]
    public async Task A_status_without_a_body_reads_nothing_either(int status)
    {
        var stream = new Unseekable([1, 2, 3]);
        await using var server = new RunningServer(Kind.InMemory, [Get("/", request => Response.Stream(stream, status))]);
        Assert.Empty((await server.GetAsync("/")).Body);
        await Deadline.UntilAsync(() => stream.Disposed == 1, "the end of the stream");
        Assert.Equal(0, stream.Reads);
    }

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task CVE_2026_54280_a_body_is_let_go_when_the_client_leaves_in_its_middle(Kind kind)
    {
        var stream = new Unseekable(new byte[1000]) { IsEndless = true };
        await using var server = new RunningServer(kind, [Get("/", request => Response.Stream(stream))]);
        using (var client = await server.ConnectAsync())
        {
            await client.GetAsync("/");
            await client.ReadHeadAsync();
            client.Reset();
        }
        await Deadline.UntilAsync(() => stream.Disposed == 1, "the end of the stream");
        await server.ConnectionsEndedAsync();
        server.Log.TakeAll();
    }

    [Fact]
    public async Task CVE_2026_54280_a_body_is_let_go_when_it_fails_or_its_response_is_refused()
    {
        var failing = new Unseekable([1, 2, 3]) { Fails = true };
        var refused = new Unseekable([1, 2, 3]);
        var other = new StreamResponse();
        await using var server = new RunningServer(Kind.InMemory,
        [
            Get("/fails", request => Response.Stream(failing)),
            Get("/two", async request =>
            {
                // The request has its answer; the one returned is one too many.
                await other.PrepareAsync(request);
                return Response.Stream(refused);
            }),
        ]);
        foreach (string path in new[] { "/fails", "/two" })
        {
            using var client = await server.ConnectAsync();
            await client.GetAsync(path);
            await client.ExpectResetAsync();
        }
        await server.ConnectionsEndedAsync();
        Assert.Equal((1, 1), (failing.Disposed, refused.Disposed));
        Assert.Equal(2, server.Log.TakeAll().Count);
    }

    [Fact]
    public async Task A_sequence_learns_that_the_client_has_gone()
    {
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = new RunningServer(Kind.Epoll, [Get("/", request => Response.Stream(WaitAsync(cancelled)))]);
        using (var client = await server.ConnectAsync())
        {
            await client.GetAsync("/");
            await client.ReadHeadAsync();
            Assert.Equal("first"u8.ToArray(), await client.ReadChunkAsync());
        }
        await cancelled.Task.InTime();
        await server.ConnectionsEndedAsync();
        server.Log.TakeAll();
    }

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(303)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task A_redirect_has_its_location(int status)
    {
        await using var server = new RunningServer(Kind.InMemory, [Get("/", request => Response.Redirect("/grün x", status))]);
        var response = await server.GetAsync("/");
        Assert.Equal((status, "/gr%C3%BCn%20x", ""), (response.Status, response["Location"], response.Text));
    }

    [Fact]
    public void What_makes_no_redirect_throws()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Response.Redirect("/", 200));
        Assert.Throws<ArgumentOutOfRangeException>(() => Response.Redirect("/", 304));
        Assert.Throws<ArgumentException>(() => Response.Redirect(""));
        Assert.Throws<ArgumentException>(() => Response.Redirect("/a\r\nSet-Cookie: a=1"));
        Assert.Throws<ArgumentException>(() => Response.JsonLines(PeopleAsync(), new Indented(new JsonSerializerOptions { WriteIndented = true }).Person));
    }

    private sealed class Indented(JsonSerializerOptions options)
    {
        public System.Text.Json.Serialization.Metadata.JsonTypeInfo<Requests.BodyReadTests.Person> Person { get; } = new Requests.BodyReadTests.PersonContext(options).Person;
    }

    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> BytesAsync(int count)
    {
        var piece = new byte[1];
        for (int i = 0; i < count; i++)
        {
            await Task.Yield();
            piece[0] = (byte)i;
            yield return piece;
            yield return ReadOnlyMemory<byte>.Empty;
        }
    }

    private static async IAsyncEnumerable<string> TextAsync()
    {
        await Task.Yield();
        yield return "grün";
        yield return "";
        yield return "€";
    }

    private static async IAsyncEnumerable<Requests.BodyReadTests.Person> PeopleAsync()
    {
        await Task.Yield();
        yield return new("a", 1);
        yield return new("b", 2);
    }

    private static async IAsyncEnumerable<string> WaitAsync(TaskCompletionSource cancelled, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        yield return "first";
        try
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }
        finally
        {
            cancelled.SetResult();
        }
    }

    private sealed class Unseekable(byte[] content) : Stream
    {
        private int _position;

        public int Reads { get; private set; }

        public int Disposed { get; private set; }

        public bool IsEndless { get; init; }

        public bool Fails { get; init; }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Yield();
            Reads++;
            if (Fails)
                throw new IOException("The disk is gone.");
            if (IsEndless)
                return Math.Min(buffer.Length, content.Length);
            int count = Math.Min(buffer.Length, content.Length - _position);
            content.AsMemory(_position, count).CopyTo(buffer);
            _position += count;
            return count;
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            Disposed++;
            base.Dispose(disposing);
        }
    }
}
