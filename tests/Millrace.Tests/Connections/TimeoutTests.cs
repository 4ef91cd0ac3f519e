using Microsoft.Extensions.Time.Testing;

namespace Millrace.Tests.Connections;

/// <summary>Every wait has its limit; a client that was in the middle of something is told so (408). Time is the test's alone.</summary>
public sealed class TimeoutTests
{
    // The wheel is late by one tick of 16 ms at most, never early.
    private static readonly TimeSpan Late = TimeSpan.FromMilliseconds(40);
    private static readonly TimeSpan Early = TimeSpan.FromMilliseconds(1);

    private readonly FakeTimeProvider _time = new();

    private ServerOptions Options => new()
    {
        TimeProvider = _time,
        KeepAliveTimeout = TimeSpan.FromSeconds(75),
        HeadTimeout = TimeSpan.FromSeconds(30),
        BodyTimeout = TimeSpan.FromSeconds(20),
        BodyRateMin = 0,
        WriteTimeout = TimeSpan.FromSeconds(60),
    };

    [Fact]
    public async Task A_client_that_sends_nothing_is_closed_without_a_word_when_HeadTimeout_is_over()
    {
        await using var server = Start();
        using var client = await server.ConnectAsync();
        PassAllBut(30);
        Assert.Equal(1, server.Server.ConnectionCount);
        _time.Advance(Early + Late);
        await client.ExpectEndAsync();
        Assert.Equal(0, server.Server.ConnectionCount);
    }

    [Theory]
    [InlineData("G")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\n")]
    [InlineData("\r\n")]
    public async Task The_first_head_has_HeadTimeout_from_accept_and_a_client_that_drips_is_told_408(string part)
    {
        await using var server = Start();
        using var client = await server.ConnectAsync();
        _time.Advance(TimeSpan.FromSeconds(20));
        await client.SendAsync(part);
        PassAllBut(10);
        Assert.Equal(0, client.InMemory.BytesFromServer);
        _time.Advance(Early + Late);
        await ExpectTimeoutAsync(client);
    }

    [Fact]
    public async Task Each_further_head_has_HeadTimeout_from_its_first_byte_and_dripping_does_not_extend_it()
    {
        // Row 114.
        await using var server = Start();
        using var client = await server.ConnectAsync();
        await client.GetAsync("/");
        await client.ReadAsync();
        _time.Advance(TimeSpan.FromSeconds(70));
        long sent = client.InMemory.BytesFromServer;
        for (int second = 0; second < 30; second++)
        {
            await client.SendAsync("x");
            Assert.Equal(sent, client.InMemory.BytesFromServer);
            _time.Advance(TimeSpan.FromSeconds(1) - Early);
        }
        _time.Advance(30 * Early + Late);
        await ExpectTimeoutAsync(client);
    }

    [Fact]
    public async Task A_head_begun_behind_a_pipelined_request_has_HeadTimeout_too()
    {
        await using var server = Start();
        using var client = await server.ConnectAsync();
        await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HT");
        Assert.Equal(200, (await client.ReadAsync()).Status);
        PassAllBut(30);
        Assert.Equal(1, server.Server.ConnectionCount);
        _time.Advance(Early + Late);
        await ExpectTimeoutAsync(client);
    }

    [Fact]
    public async Task An_idle_connection_is_closed_when_KeepAliveTimeout_is_over_as_row_113_says()
    {
        await using var server = Start();
        using var client = await server.ConnectAsync();
        for (int i = 0; i < 3; i++)
        {
            await client.GetAsync("/");
            Assert.False((await client.ReadAsync()).Closes);
            PassAllBut(75);
            Assert.Equal(1, server.Server.ConnectionCount);
        }
        _time.Advance(Early + Late);
        await client.ExpectEndAsync();
        Assert.Equal(0, server.Server.ConnectionCount);
    }

    [Fact]
    public async Task A_request_around_the_keep_alive_deadline_is_answered_or_the_connection_cleanly_closed()
    {
        await using var server = Start();
        for (int offset = -50; offset <= 50; offset++)
        {
            using var client = await server.ConnectAsync();
            await client.GetAsync("/");
            await client.ReadAsync();
            _time.Advance(TimeSpan.FromMilliseconds(75_000 + offset));
            bool sent = await client.TrySendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray());
            if (sent)
                Assert.Equal("ok", (await client.ReadAsync()).Text);
            else
                await client.ExpectEndAsync();
            Assert.True(offset < 0 == sent || offset is >= 0 and < 20, $"{offset} ms after the deadline the connection was {(sent ? "still open" : "closed already")}.");
        }
    }

    [Fact]
    public async Task A_request_that_races_with_the_keep_alive_deadline_is_answered_whole_or_not_at_all()
    {
        await using var server = Start();
        for (int i = 0; i < 300; i++)
        {
            using var client = await server.ConnectAsync();
            await client.GetAsync("/");
            await client.ReadAsync();
            var passing = Task.Run(() => _time.Advance(TimeSpan.FromSeconds(76)));
            if (await client.TrySendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray()))
            {
                var end = await Record.ExceptionAsync(async () => Assert.Equal("ok", (await client.ReadAsync()).Text));
                // A server that closes while bytes are under way resets the connection, as TCP does; the client may send again.
                Assert.True(end is null or IOException || end.Message.Contains("middle of a line: ''", StringComparison.Ordinal), $"{end}");
            }
            await passing;
        }
    }

    [Fact]
    public async Task A_body_whose_next_bytes_do_not_come_within_BodyTimeout_is_answered_408()
    {
        await using var server = Start();
        using var client = await server.ConnectAsync();
        await client.SendAsync("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n");
        for (int i = 0; i < 3; i++)
        {
            PassAllBut(20);
            Assert.Equal(0, client.InMemory.BytesFromServer);
            await client.SendAsync("x");
        }
        _time.Advance(TimeSpan.FromSeconds(20) + Late);
        await ExpectTimeoutAsync(client);
    }

    [Fact]
    public async Task A_handler_may_take_as_long_as_it_likes()
    {
        var gate = new Gate();
        await using var server = Start(gate);
        using var client = await server.ConnectAsync();
        await client.GetAsync("/gate");
        await gate.Arrived;
        _time.Advance(TimeSpan.FromDays(1));
        gate.Open();
        Assert.Equal("gate", (await client.ReadAsync()).Text);
    }

    [Theory]
    [InlineData("/large")]
    [InlineData("/stream")]
    public async Task A_client_that_does_not_read_is_reset_when_WriteTimeout_is_over_as_row_117_says(string path)
    {
        await using var server = Start();
        using var client = await server.ConnectAsync();
        await client.GetAsync(path);
        PassAllBut(60);
        Assert.Equal(1, server.Server.ConnectionCount);
        _time.Advance(Early + Late);
        await server.ConnectionsEndedAsync();
        await client.ExpectResetAsync();
    }

    [Fact]
    public async Task A_client_that_reads_slowly_but_steadily_is_served_to_the_end()
    {
        await using var server = Start();
        using var client = await server.ConnectAsync();
        await client.GetAsync("/large");
        await client.ReadHeadAsync();
        for (int i = 0; i < 16; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(50));
            await client.ReadExactlyAsync(64 * 1024);
        }
        await client.GetAsync("/");
        Assert.Equal("ok", (await client.ReadAsync()).Text);
    }

    [Fact]
    public async Task An_infinite_timeout_never_ends()
    {
        var options = new ServerOptions
        {
            TimeProvider = _time,
            KeepAliveTimeout = Timeout.InfiniteTimeSpan,
            HeadTimeout = Timeout.InfiniteTimeSpan,
            BodyTimeout = Timeout.InfiniteTimeSpan,
            BodyRateMin = 0,
            WriteTimeout = Timeout.InfiniteTimeSpan,
            ResponseRateMin = 0,
            LingeringTimeout = Timeout.InfiniteTimeSpan,
        };
        await using var server = new RunningServer(Kind.InMemory, Routes(new Gate()), options);
        using var client = await server.ConnectAsync();
        foreach (string part in new[] { "", "POST / HTTP/1.1\r\nHost: a\r\nContent-", "Length: 2\r\n\r\n", "h", "i" })
        {
            _time.Advance(TimeSpan.FromDays(30));
            await client.SendAsync(part);
        }
        Assert.Equal("hi", (await client.ReadAsync()).Text);
        _time.Advance(TimeSpan.FromDays(30));
        await client.SendAsync("GET ");
        _time.Advance(TimeSpan.FromDays(30));
        await client.SendAsync("/large HTTP/1.1\r\nHost: a\r\n\r\n");
        _time.Advance(TimeSpan.FromDays(30));
        Assert.Equal(1024 * 1024, (await client.ReadAsync()).Body.Length);
    }

    private static async Task ExpectTimeoutAsync(RawClient client)
    {
        var response = await client.ReadAsync();
        Assert.Equal(408, response.Status);
        Assert.True(response.Closes);
        await client.ExpectEndAsync();
    }

    private static Route[] Routes(Gate? gate) =>
    [
        Get("/", request => Response.Text("ok")),
        Post("/", async request => Response.Text(await request.TextAsync())),
        Get("/large", request => Response.Bytes(new byte[1024 * 1024])),
        Get("/stream", async request =>
        {
            var response = new StreamResponse();
            await response.PrepareAsync(request);
            await response.WriteAsync(new byte[1024 * 1024]);
            return response;
        }),
        Get("/gate", async request =>
        {
            await gate!.PassAsync();
            return Response.Text("gate");
        }),
    ];

    private RunningServer Start(Gate? gate = null) => new(Kind.InMemory, Routes(gate), Options);

    private void PassAllBut(int seconds) => _time.Advance(TimeSpan.FromSeconds(seconds) - Early);
}
