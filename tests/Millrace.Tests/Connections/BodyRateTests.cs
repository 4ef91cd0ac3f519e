using Microsoft.Extensions.Time.Testing;

namespace Millrace.Tests.Connections;

/// <summary>A body must not come slower than the least rate, nor take longer in all than it may. Time is the test's alone.</summary>
public sealed class BodyRateTests
{
    private readonly FakeTimeProvider _time = new();

    private static Route[] Routes =>
    [
        Post("/", async request => Response.Text($"{(await request.ReadAsync()).Length}")),
        Post("/unread", request => Response.Text("early")),
    ];

    private ServerOptions Options => new() { TimeProvider = _time, BodyRateMin = 100, BodyRateGrace = TimeSpan.FromSeconds(5), BodyTimeout = TimeSpan.FromSeconds(30) };

    [Theory]
    [InlineData(90, false)]
    [InlineData(110, true)]
    public async Task A_body_slower_than_BodyRateMin_is_answered_408_when_the_grace_is_over(int bytesPerSecond, bool isServed)
    {
        await using var server = new RunningServer(Kind.InMemory, Routes, Options);
        using var counts = new Counts(server);
        using var client = await server.ConnectAsync();
        await client.SendAsync($"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {20 * bytesPerSecond}\r\n\r\n");
        for (int second = 0; second < 20; second++)
        {
            if (second == 4)
                Assert.Equal(0, client.InMemory.BytesFromServer);
            await client.TrySendAsync(new byte[bytesPerSecond]);
            _time.Advance(TimeSpan.FromSeconds(1));
        }
        var response = await client.ReadAsync();
        Assert.Equal(isServed ? 200 : 408, response.Status);
        Assert.Equal(!isServed, response.Closes);
        client.TryCompleteWrites();
        await server.ConnectionsEndedAsync();
        Assert.Equal(isServed ? "ClientClosed 1" : "BodyTooSlow 1", counts.Ends);
    }

    [Fact]
    public async Task A_body_that_stops_within_the_grace_is_not_cut_off_and_what_came_early_counts()
    {
        await using var server = new RunningServer(Kind.InMemory, Routes, Options);
        using var client = await server.ConnectAsync();
        await client.SendAsync("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2001\r\n\r\n");
        _time.Advance(TimeSpan.FromSeconds(4.9));
        await client.SendAsync(new byte[2000]);
        // 2,000 bytes earn 20 seconds.
        _time.Advance(TimeSpan.FromSeconds(15));
        Assert.Equal(0, client.InMemory.BytesFromServer);
        await client.SendAsync("x");
        Assert.Equal("2001", (await client.ReadAsync()).Text);
    }

    [Fact]
    public async Task Time_that_is_over_is_over_also_for_a_client_that_sends_on()
    {
        await using var server = new RunningServer(Kind.InMemory, Routes, new ServerOptions { TimeProvider = _time, BodyRateMin = 0, RequestTimeout = TimeSpan.FromSeconds(3) });
        using var client = await server.ConnectAsync();
        await client.SendAsync("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n");
        // The byte comes just before the timer, which is due some milliseconds late; the next one has no time left to come in.
        _time.Advance(TimeSpan.FromSeconds(3));
        await client.SendAsync("x");
        Assert.Equal(0, client.InMemory.BytesFromServer);
        await client.SendAsync("x");
        Assert.Equal(408, (await client.ReadAsync()).Status);
    }

    [Fact]
    public async Task A_handler_that_reads_slowly_is_not_the_clients_fault()
    {
        var gate = new Gate();
        var routes = new[]
        {
            Post("/", async request =>
            {
                await gate.PassAsync();
                return Response.Text($"{(await request.ReadAsync()).Length}");
            }),
        };
        await using var server = new RunningServer(Kind.InMemory, routes, Options);
        using var client = await server.ConnectAsync();
        await client.SendAsync("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n");
        await gate.Arrived;
        _time.Advance(TimeSpan.FromMinutes(10));
        gate.Open();
        await client.SendAsync("hi");
        Assert.Equal("2", (await client.ReadAsync()).Text);
    }

    [Fact]
    public async Task The_rate_holds_while_an_unread_body_is_read_away()
    {
        await using var server = new RunningServer(Kind.InMemory, Routes, Options);
        using var counts = new Counts(server);
        using var client = await server.ConnectAsync();
        await client.SendAsync("POST /unread HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n");
        Assert.Equal("early", (await client.ReadAsync()).Text);
        _time.Advance(TimeSpan.FromSeconds(4.9));
        Assert.Equal(1, server.Server.ConnectionCount);
        _time.Advance(TimeSpan.FromSeconds(0.2));
        await client.ExpectEndAsync();
        client.TryCompleteWrites();
        await server.ConnectionsEndedAsync();
        Assert.Equal("BodyTooSlow 1", counts.Ends);
    }

    [Fact]
    public async Task RequestTimeout_bounds_the_waiting_for_one_body_in_all()
    {
        var options = new ServerOptions { TimeProvider = _time, BodyRateMin = 0, RequestTimeout = TimeSpan.FromSeconds(60) };
        await using var server = new RunningServer(Kind.InMemory, Routes, options);
        using var counts = new Counts(server);
        using var client = await server.ConnectAsync();
        await client.SendAsync("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n");
        for (int i = 0; i < 5; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(10));
            await client.SendAsync("x");
        }
        _time.Advance(TimeSpan.FromSeconds(9.9));
        Assert.Equal(0, client.InMemory.BytesFromServer);
        _time.Advance(TimeSpan.FromSeconds(0.2));
        Assert.Equal(408, (await client.ReadAsync()).Status);
        client.TryCompleteWrites();
        await server.ConnectionsEndedAsync();
        Assert.Equal("RequestTimeout 1", counts.Ends);
    }

    [Theory]
    [MemberData(nameof(Kinds.Network), MemberType = typeof(Kinds))]
    public async Task A_client_that_sends_no_body_gets_408_on_the_network(Kind kind)
    {
        var options = new ServerOptions { BodyRateGrace = TimeSpan.FromMilliseconds(50) };
        await using var server = new RunningServer(kind, Routes, options);
        Assert.Equal(408, (await server.AskAsync("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n")).Status);
    }
}
