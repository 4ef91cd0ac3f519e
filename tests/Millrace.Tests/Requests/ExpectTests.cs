namespace Millrace.Tests.Requests;

/// <summary>Expect: 100-continue is answered when the body is first read, and never before a refusal (RFC 9110 10.1.1; rows 69 to 75).</summary>
public sealed class ExpectTests
{
    private static readonly Route[] Routes =
    [
        Post("/read", async request => Response.Text(await request.TextAsync())),
        Post("/late", async request =>
        {
            await Task.Yield();
            return Response.Text(await request.TextAsync());
        }),
        Post("/ignore", request => Response.Text("ignored")),
        Post("/stream", async request =>
        {
            var response = new StreamResponse();
            await response.PrepareAsync(request);
            await response.WriteAsync(await request.TextAsync());
            return response;
        }),
    ];

    public static TheoryData<Kind, string> KindsAndReaders =>
        new MatrixTheoryData<Kind, string>([.. Kinds.All.Select(row => row.Data)], ["/read", "/late"]);

    [Theory]
    [MemberData(nameof(KindsAndReaders))]
    public async Task A_client_that_waits_is_told_to_go_on_when_the_body_is_read(Kind kind, string path)
    {
        await using var server = new RunningServer(kind, Routes);
        using var client = await server.ConnectAsync();
        for (int i = 0; i < 3; i++)
        {
            await client.SendAsync(Head(path, 5));
            Assert.Equal("HTTP/1.1 100 Continue\r\n\r\n", await client.ReadHeadAsync());
            await client.SendAsync("hello");
            var response = await client.ReadAsync();
            Assert.Equal((200, "hello"), (response.Status, response.Text));
            Assert.False(response.Closes);
        }
    }

    [Fact]
    public async Task A_chunked_body_may_wait_too()
    {
        await using var server = new RunningServer(Kind.InMemory, Routes);
        using var client = await server.ConnectAsync();
        await client.SendAsync("POST /read HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nExpect: 100-Continue\r\n\r\n");
        Assert.Equal("HTTP/1.1 100 Continue\r\n\r\n", await client.ReadHeadAsync());
        await client.SendAsync("5\r\nhello\r\n0\r\n\r\n");
        Assert.Equal("hello", (await client.ReadAsync()).Text);
    }

    [Fact]
    public async Task Another_expectation_is_answered_417_as_row_70_says()
    {
        await using var server = new RunningServer(Kind.InMemory, Routes);
        using var client = await server.ConnectAsync();
        await client.SendAsync("POST /read HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: tea\r\n\r\n");
        Assert.Equal(417, (await client.ReadAsync()).Status);
    }

    [Fact]
    public async Task HTTP_1_0_expects_nothing_as_row_71_says()
    {
        await using var server = new RunningServer(Kind.InMemory, Routes);
        using var client = await server.ConnectAsync();
        await client.SendAsync("POST /read HTTP/1.0\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
        await client.SendAsync("hello");
        Assert.Equal("hello", (await client.ReadAsync()).Text);
    }

    [Theory]
    [InlineData("POST /nowhere", 5, 404)]
    [InlineData("PUT /read", 5, 405)]
    [InlineData("POST /read", 2_000_000, 413)]
    [InlineData("POST /ignore", 5, 200)]
    public async Task No_one_is_told_to_go_on_before_an_answer_that_needs_no_body(string line, int length, int status)
    {
        // Rows 72 to 74. The client may send the body or not, so only closing tells the next request from it.
        await using var server = new RunningServer(Kind.InMemory, Routes);
        using var client = await server.ConnectAsync();
        await client.SendAsync($"{line} HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\nExpect: 100-continue\r\n\r\n");
        var response = await client.ReadAsync();
        Assert.Equal(status, response.Status);
        Assert.True(response.Closes);
        await client.ExpectEndAsync();
    }

    [Fact]
    public async Task A_body_that_came_along_is_read_without_telling_as_row_75_says()
    {
        await using var server = new RunningServer(Kind.InMemory, Routes);
        using var client = await server.ConnectAsync();
        await client.SendAsync(Head("/read", 5) + "hello" + Head("/ignore", 5) + "hello" + Head("/read", 5) + "again");
        Assert.Equal("hello", (await client.ReadAsync()).Text);
        Assert.Equal("ignored", (await client.ReadAsync()).Text);
        Assert.Equal("again", (await client.ReadAsync()).Text);
    }

    [Fact]
    public async Task A_body_that_came_along_alone_leaves_the_connection_open()
    {
        await using var server = new RunningServer(Kind.InMemory, Routes);
        using var client = await server.ConnectAsync();
        foreach (string path in new[] { "/read", "/late", "/read" })
        {
            await client.SendAsync(Head(path, 5) + "hello");
            var response = await client.ReadAsync();
            Assert.Equal("hello", response.Text);
            Assert.False(response.Closes);
        }
    }

    [Fact]
    public async Task Nobody_is_told_to_go_on_once_the_answer_has_begun()
    {
        await using var server = new RunningServer(Kind.InMemory, Routes);
        using var client = await server.ConnectAsync();
        await client.SendAsync(Head("/stream", 5));
        await client.ReadHeadAsync();
        await client.SendAsync("hello");
        Assert.Equal("hello"u8.ToArray(), await client.ReadChunkAsync());
        Assert.Empty(await client.ReadChunkAsync());
    }

    [Fact]
    public async Task Answers_in_front_of_the_waiting_request_go_out_with_the_word_to_go_on()
    {
        await using var server = new RunningServer(Kind.InMemory, Routes);
        using var client = await server.ConnectAsync();
        await client.SendAsync("POST /ignore HTTP/1.1\r\nHost: a\r\n\r\n" + Head("/late", 5));
        Assert.Equal("ignored", (await client.ReadAsync()).Text);
        Assert.Equal("HTTP/1.1 100 Continue\r\n\r\n", await client.ReadHeadAsync());
        await client.SendAsync("hello");
        Assert.Equal("hello", (await client.ReadAsync()).Text);
    }

    private static string Head(string path, int length) =>
        $"POST {path} HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\nExpect: 100-continue\r\n\r\n";
}
