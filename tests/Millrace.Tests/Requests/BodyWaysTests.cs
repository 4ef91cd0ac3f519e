using System.Text;

namespace Millrace.Tests.Requests;

/// <summary>Bodies read exactly, up to a delimiter, in pieces and as a pipe; their trailers; how much of one is collected (aiohttp's StreamReader).</summary>
public sealed class BodyWaysTests
{
    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task A_body_is_read_up_to_a_delimiter_wherever_it_is_split(Kind kind)
    {
        const string Body = "one\r\n\r\ntwo\r\r\nthree";
        await using var server = new RunningServer(kind, [Post("/", async request =>
        {
            var lines = new List<string>();
            while (await request.Body.ReadUntilAsync("\r\n"u8.ToArray()) is { Length: > 0 } line)
                lines.Add(Encoding.ASCII.GetString(line).Replace("\r", "R", StringComparison.Ordinal).Replace("\n", "N", StringComparison.Ordinal));
            Assert.Empty(await request.Body.ReadUntilAsync("x"u8.ToArray()));
            Assert.True(request.Body.IsCompleted);
            return Response.Text(string.Join('|', lines));
        })]);
        using var client = await server.ConnectAsync();
        for (int split = 0; split <= Body.Length; split++)
        {
            await client.SendAsync($"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {Body.Length}\r\n\r\n{Body[..split]}");
            await client.SendAsync(Body[split..]);
            Assert.Equal("oneRN|RN|twoRRN|three", (await client.ReadAsync()).Text);
        }
    }

    [Fact]
    public async Task A_delimiter_that_does_not_come_in_time_is_413_and_what_came_is_read_on()
    {
        await using var server = Answering(async request =>
        {
            var newline = "\n"u8.ToArray();
            var e = await Assert.ThrowsAnyAsync<HttpException>(async () => await request.Body.ReadUntilAsync(newline, maxLength: 4));
            Assert.Equal(413, e.Status);
            Assert.Equal("abcd\n"u8.ToArray(), await request.Body.ReadUntilAsync(newline, maxLength: 5));
            // The limit holds behind what was received earlier too.
            e = await Assert.ThrowsAnyAsync<HttpException>(async () => await request.Body.ReadUntilAsync(newline, maxLength: 2));
            Assert.Equal(413, e.Status);
            await Assert.ThrowsAsync<ArgumentException>(async () => await request.Body.ReadUntilAsync(default));
            await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await request.Body.ReadUntilAsync("ab"u8.ToArray(), maxLength: 1));
            return await request.TextAsync();
        });
        Assert.Equal("ef\ng", (await server.AskAsync("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabcd\nef\ng")).Text);
    }

    [Fact]
    public async Task What_came_behind_a_delimiter_is_read_by_whatever_read_comes_next()
    {
        await using var server = Answering(async request =>
        {
            var comma = ","u8.ToArray();
            Assert.Equal("a,"u8.ToArray(), await request.Body.ReadUntilAsync(comma));
            Assert.False(request.Body.IsCompleted);
            var two = new byte[2];
            await request.Body.ReadExactlyAsync(two);
            Assert.Equal("bb"u8.ToArray(), two);
            Assert.Equal(1, await request.Body.ReadAsync(new byte[1]));
            Assert.Equal("d,"u8.ToArray(), await request.Body.ReadUntilAsync(comma));
            Assert.Equal(2, await request.Body.AsStream().ReadAsync(new byte[2]));
            return Encoding.ASCII.GetString((await request.ReadAsync()).Span);
        });
        Assert.Equal("rest", (await server.AskAsync("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 13\r\n\r\na,bbcd,eerest")).Text);
    }

    [Fact]
    public async Task A_body_full_of_short_lines_is_not_moved_for_each_of_them()
    {
        // 64 KiB received at once behind a refused read: moved for each line they would be gigabytes.
        const int Lines = 32 * 1024;
        string body = string.Concat(Enumerable.Repeat("x\n", Lines));
        await using var server = Answering(async request =>
        {
            await Assert.ThrowsAnyAsync<HttpException>(async () => await request.Body.ReadUntilAsync("none"u8.ToArray(), maxLength: body.Length - 1));
            var newline = "\n"u8.ToArray();
            long before = GC.GetTotalAllocatedBytes();
            int lines = 0;
            while ((await request.Body.ReadUntilAsync(newline)).Length == 2)
                lines++;
            Assert.True(GC.GetTotalAllocatedBytes() - before < 100 * 1024 * 1024, $"{GC.GetTotalAllocatedBytes() - before} bytes were allocated.");
            return lines.ToString(provider: null);
        });
        Assert.Equal($"{Lines}", (await server.AskAsync($"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {body.Length}\r\n\r\n{body}")).Text);
    }

    [Fact]
    public async Task A_body_that_ends_too_early_to_fill_a_buffer_leaves_its_rest_in_front()
    {
        await using var server = Answering(async request =>
        {
            var five = new byte[5];
            await Assert.ThrowsAsync<EndOfStreamException>(async () => await request.Body.ReadExactlyAsync(five));
            return Encoding.ASCII.GetString(five).TrimEnd('\0');
        });
        Assert.Equal("abc", (await server.AskAsync("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc")).Text);
    }

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task A_large_body_arrives_whole_in_pieces_and_as_a_pipe(Kind kind)
    {
        var content = Patterns.Bytes(500_001);
        await using var server = new RunningServer(kind, [
            Post("/pieces", async request =>
            {
                var all = new MemoryStream();
                await foreach (var piece in request.Body.ReadPiecesAsync())
                {
                    Assert.False(piece.IsEmpty);
                    all.Write(piece.Span);
                }
                return Response.Bytes(all.ToArray());
            }),
            Post("/pipe", async request =>
            {
                var all = new MemoryStream();
                var pipe = request.Body.AsPipeReader();
                await pipe.CopyToAsync(all);
                await pipe.CompleteAsync();
                return Response.Bytes(all.ToArray());
            }),
        ]);
        using var client = await server.ConnectAsync();
        foreach (string path in new[] { "/pieces", "/pipe" })
        {
            await client.SendAsync($"POST {path} HTTP/1.1\r\nHost: a\r\nContent-Length: {content.Length}\r\n\r\n");
            await client.SendAsync(content);
            Assert.Equal(content, (await client.ReadAsync()).Body);
        }
    }

    [Fact]
    public async Task Pieces_left_early_and_a_pipe_completed_early_leave_the_connection_usable()
    {
        await using var server = Answering(async request =>
        {
            await foreach (var piece in request.Body.ReadPiecesAsync())
                return Encoding.ASCII.GetString(piece.Span);
            return "none";
        });
        using var client = await server.ConnectAsync();
        for (int i = 0; i < 2; i++)
            Assert.Equal("ab", (await client.AskAsync("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n")).Text);
        Assert.Equal("none", (await client.AskAsync("POST / HTTP/1.1\r\nHost: a\r\n\r\n")).Text);
    }

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task Trailers_are_there_when_the_body_is_at_its_end(Kind kind)
    {
        // RFC 9112 section 7.1.2.
        await using var server = new RunningServer(kind, [Post("/", async request =>
        {
            Assert.Empty(request.Body.Trailers);
            Assert.Equal(1, await request.Body.ReadAsync(new byte[1]));
            Assert.Empty(request.Body.Trailers);
            await request.ReadAsync();
            Assert.Null(request.Headers["Digest"]);
            return Response.Text(string.Join(", ", request.Body.Trailers.Select(field => $"{field.Key}={field.Value}")));
        })]);
        using var client = await server.ConnectAsync();
        await client.SendAsync("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
        await client.SendAsync("0\r\nDigest: x\r\nX-T: \u00e9 y \r\n\r\n");
        Assert.Equal("Digest=x, X-T=é y", (await client.ReadAsync()).Text);
        Assert.Equal("", (await client.AskAsync("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc")).Text);
    }

    [Fact]
    public async Task A_route_and_a_request_have_limits_of_their_own()
    {
        // Row 57, by route.
        await using var server = new RunningServer(Kind.InMemory,
            [
                Post("/", Collect),
                Post("/more", Collect).LimitBody(8),
                Post("/less", Collect).LimitBody(2),
                Post("/none", Collect).LimitBody(0),
                Post("/request", request =>
                {
                    Assert.Equal(2, request.BodyBytesMax);
                    Assert.Throws<ArgumentOutOfRangeException>(() => request.BodyBytesMax = -1);
                    request.BodyBytesMax = 6;
                    return Collect(request);
                }).LimitBody(2),
            ],
            new ServerOptions { BodyBytesMax = 4 });
        foreach (var (path, most) in new[] { ("/", 4), ("/more", 8), ("/less", 2), ("/none", 0), ("/request", 6) })
        {
            Assert.Equal(new string('x', most), (await server.AskAsync(Sized(path, most))).Text);
            var refused = await server.AskAsync(Sized(path, most + 1));
            Assert.Equal((413, true), (refused.Status, refused.Text.Contains($"{most} bytes", StringComparison.Ordinal)));
            refused = await server.AskAsync($"POST {path} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n{most + 1:x}\r\n{new string('x', most + 1)}\r\n0\r\n\r\n");
            Assert.Equal(413, refused.Status);
        }
        Assert.Throws<ArgumentOutOfRangeException>(() => Post("/", Collect).LimitBody(-1));

        static async Task<Response> Collect(Request request) => Response.Text(await request.TextAsync());
        static string Sized(string path, int bytes) => $"POST {path} HTTP/1.1\r\nHost: a\r\nContent-Length: {bytes}\r\n\r\n{new string('x', bytes)}";
    }

    [Fact]
    public async Task What_no_array_holds_is_refused_before_it_comes_whatever_the_limit()
    {
        await using var server = new RunningServer(Kind.InMemory, [Post("/", async request => Response.Text(await request.TextAsync())).LimitBody(long.MaxValue)]);
        var refused = await server.AskAsync($"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {Array.MaxLength}\r\n\r\n");
        Assert.Equal((413, $"The body is larger than the {Array.MaxLength - 1} bytes this server accepts here."), (refused.Status, refused.Text));
        Assert.Equal("text", (await server.AskAsync("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\ntext")).Text);
    }

    private static RunningServer Answering(Func<Request, Task<string>> answer) =>
        new(Kind.InMemory, [Post("/", async request => Response.Text(await answer(request)))]);
}
