using Microsoft.Extensions.Time.Testing;

namespace Millrace.Tests.Connections;

/// <summary>Bodies that a handler leaves unread (row 111).</summary>
public sealed class LingeringTests
{
    private static readonly Route[] Routes = [Post("/", request => Response.Text("early")), Get("/", request => Response.Text("next"))];

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task An_unread_body_is_read_away_and_the_next_request_served(Kind kind)
    {
        await using var server = new RunningServer(kind, Routes);
        using var client = await server.ConnectAsync();
        var body = new byte[1024 * 1024];
        foreach (bool isChunked in new[] { false, true })
        {
            var sending = Task.Run(async () =>
            {
                await client.SendAsync($"POST / HTTP/1.1\r\nHost: a\r\n{(isChunked ? "Transfer-Encoding: chunked\r\n\r\n100000" : "Content-Length: 1048576\r\n")}\r\n");
                await client.SendAsync(body);
                await client.SendAsync(isChunked ? "\r\n0\r\n\r\n" : "");
                await client.GetAsync("/");
            });
            Assert.Equal("early", (await client.ReadAsync()).Text);
            Assert.Equal("next", (await client.ReadAsync()).Text);
            await sending;
        }
    }

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task The_answer_does_not_wait_for_the_unread_body(Kind kind)
    {
        await using var server = new RunningServer(kind, Routes);
        using var client = await server.ConnectAsync();
        await client.SendAsync("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n");
        Assert.Equal("early", (await client.ReadAsync()).Text);
        await client.SendAsync("hello");
        await client.GetAsync("/");
        Assert.Equal("next", (await client.ReadAsync()).Text);
    }

    [Theory]
    [InlineData("Content-Length: 1000\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n")]
    public async Task A_body_that_never_comes_ends_the_connection_when_LingeringTimeout_is_over(string framing)
    {
        var time = new FakeTimeProvider();
        await using var server = new RunningServer(Kind.InMemory, Routes, new ServerOptions { TimeProvider = time, LingeringTimeout = TimeSpan.FromSeconds(10), BodyRateMin = 0 });
        using var client = await server.ConnectAsync();
        await client.SendAsync($"POST / HTTP/1.1\r\nHost: a\r\n{framing}");
        Assert.Equal("early", (await client.ReadAsync()).Text);
        // Absolute: what drips in does not extend it.
        for (int second = 0; second < 9; second++)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await client.SendAsync(framing[0] == 'C' ? "x" : "1\r\nx\r\n");
            Assert.Equal(1, server.Server.ConnectionCount);
        }
        time.Advance(TimeSpan.FromSeconds(1.1));
        Assert.Equal(0, server.Server.ConnectionCount);
        await client.ExpectEndAsync();
    }

    [Fact]
    public async Task What_a_client_goes_on_sending_behind_the_last_response_is_read_away_up_to_LingeringTimeout()
    {
        var time = new FakeTimeProvider();
        await using var server = new RunningServer(Kind.InMemory, Routes, new ServerOptions { TimeProvider = time, LingeringTimeout = TimeSpan.FromSeconds(10) });
        using var client = await server.ConnectAsync();
        await client.GetAsync("/", "Connection: close\r\n");
        Assert.Equal("next", (await client.ReadAsync()).Text);
        await client.ExpectEndAsync();
        for (int second = 0; second < 9; second++)
        {
            await client.SendAsync(new byte[1000]);
            Assert.Equal(0, client.InMemory.UnreadByServer);
            time.Advance(TimeSpan.FromSeconds(1));
            Assert.Equal(1, server.Server.ConnectionCount);
        }
        time.Advance(TimeSpan.FromSeconds(1.1));
        Assert.Equal(0, server.Server.ConnectionCount);
    }

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task A_client_that_leaves_while_its_body_is_read_away_ends_the_connection(Kind kind)
    {
        await using var server = new RunningServer(kind, Routes);
        for (int i = 0; i < 2; i++)
        {
            using var client = await server.ConnectAsync();
            await client.SendAsync("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhe");
            Assert.Equal("early", (await client.ReadAsync()).Text);
            if (i == 0)
                client.CompleteWrites();
            else
                client.Reset();
            await server.ConnectionsEndedAsync();
        }
    }
}
