namespace Millrace.Tests.Requests;

/// <summary>How much of a body the buffered reads take (rows 76, 77; ServerOptions.BodyBytesMax).</summary>
public sealed class BodyLimitTests
{
    private const string TooLarge = "The body is larger than the 1000 bytes this server accepts here.";

    private static readonly ServerOptions Limited = new() { BodyBytesMax = 1000 };

    [Theory]
    [InlineData(999, 200)]
    [InlineData(1000, 200)]
    [InlineData(1001, 413)]
    public async Task A_body_may_be_as_large_as_the_limit_and_no_byte_larger(int length, int status)
    {
        await using var server = Reading();
        string body = new('x', length);
        foreach (string framed in new[] { $"Content-Length: {length}\r\n\r\n{body}", $"Transfer-Encoding: chunked\r\n\r\n{length:x}\r\n{body}\r\n0\r\n\r\n" })
        {
            using var client = await server.ConnectAsync();
            await client.SendAsync($"POST / HTTP/1.1\r\nHost: a\r\n{framed}");
            var response = await client.ReadAsync();
            Assert.Equal((status, status == 200 ? $"{length}" : TooLarge), (response.Status, response.Text));
            // What was refused is read away: the connection goes on.
            await client.SendAsync("POST / HTTP/1.1\r\nHost: a\r\n\r\n");
            Assert.Equal("0", (await client.ReadAsync()).Text);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task A_declared_length_above_the_limit_is_refused_at_once_without_a_byte_of_it(Kind kind)
    {
        await using var server = Reading(kind);
        using var client = await server.ConnectAsync();
        await client.SendAsync("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000000000\r\n\r\n");
        var response = await client.ReadAsync();
        Assert.Equal((413, TooLarge, true), (response.Status, response.Text, response.Closes));
        // Nobody waits for what was refused (RFC 9110 section 15.5.14).
        await client.ExpectEndAsync();
    }

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task A_chunked_body_is_refused_when_it_passes_the_limit_and_not_before(Kind kind)
    {
        await using var server = Reading(kind);
        using var client = await server.ConnectAsync();
        await client.SendAsync("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
        for (int i = 0; i < 10; i++)
            await client.SendAsync($"64\r\n{new string('x', 100)}\r\n");
        await client.SendAsync("1\r\n");
        await client.SendAsync("x");
        Assert.Equal(413, (await client.ReadAsync()).Status);
    }

    [Fact]
    public async Task A_handler_that_reads_piece_by_piece_has_no_limit()
    {
        await using var server = new RunningServer(Kind.InMemory, [Route("POST", "/", async request =>
        {
            long sum = 0;
            var buffer = new byte[4096];
            while (await request.Body.ReadAsync(buffer) is > 0 and var n)
                sum += n;
            return Response.Text($"{sum}");
        })], Limited);
        Assert.Equal("5000", (await server.AskAsync($"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5000\r\n\r\n{new string('x', 5000)}")).Text);
    }

    [Fact]
    public async Task A_flood_of_tiny_chunks_is_read_in_little_memory_as_row_68_says()
    {
        const int Chunks = 1024 * 1024;
        await using var server = Reading(Kind.InMemory, new ServerOptions { BodyBytesMax = Chunks });
        using var client = await server.ConnectAsync();
        var answer = client.ReadAsync();
        await client.SendAsync("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
        var thousand = System.Text.Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("1\r\nx\r\n", 1024)));
        for (int i = 0; i < Chunks / 1024; i++)
        {
            await client.SendAsync(thousand);
            Assert.InRange(server.Rented, 0, 2);
        }
        await client.SendAsync("0\r\n\r\n");
        Assert.Equal($"{Chunks}", (await answer).Text);
    }

    [Fact]
    public async Task A_limit_of_zero_takes_no_body()
    {
        await using var server = Reading(Kind.InMemory, new ServerOptions { BodyBytesMax = 0 });
        Assert.Equal(413, (await server.AskAsync("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx")).Status);
        Assert.Equal(413, (await server.AskAsync("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n")).Status);
        Assert.Equal("0", (await server.AskAsync("POST / HTTP/1.1\r\nHost: a\r\n\r\n")).Text);
        Assert.Equal("0", (await server.AskAsync("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")).Text);
    }

    [Fact]
    public async Task A_whole_read_that_failed_never_answers_with_the_rest_as_if_it_were_the_whole()
    {
        await using var server = new RunningServer(Kind.InMemory, [Route("POST", "/", async request =>
        {
            var refused = await Assert.ThrowsAnyAsync<HttpException>(async () => await request.ReadAsync());
            Assert.Equal(413, refused.Status);
            await Assert.ThrowsAnyAsync<Exception>(async () => await request.ReadAsync());
            return Response.Text("refused twice");
        })], Limited);
        string chunk = $"3e8\r\n{new string('x', 1000)}\r\n";
        var response = await server.AskAsync($"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n{chunk}{chunk}1\r\nx\r\n0\r\n\r\n");
        Assert.Equal("refused twice", response.Text);
    }

    private static RunningServer Reading(Kind kind = Kind.InMemory, ServerOptions? options = null) =>
        new(kind, [Route("POST", "/", async request => Response.Text($"{(await request.ReadAsync()).Length}"))], options ?? new ServerOptions { BodyBytesMax = 1000 });
}
