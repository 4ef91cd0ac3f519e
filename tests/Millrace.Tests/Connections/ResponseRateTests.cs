using Microsoft.Extensions.Time.Testing;

namespace Millrace.Tests.Connections;

/// <summary>A client must not take responses more slowly than the least rate; what it takes at all keeps it from WriteTimeout. Time is the test's alone.</summary>
public sealed class ResponseRateTests : IDisposable
{
    private const int ResponseBytes = 1024 * 1024;

    private readonly FakeTimeProvider _time = new();
    private readonly TemporaryDirectory _directory = new();

    private Route[] Routes =>
    [
        Get("/large", request => Response.Bytes(new byte[ResponseBytes])),
        Get("/stream", async request =>
        {
            var response = new StreamResponse();
            await response.PrepareAsync(request);
            for (int i = 0; i < 64; i++)
                await response.WriteAsync(new byte[ResponseBytes / 64]);
            return response;
        }),
        Get("/file", request => new FileResponse(_directory.Write("large", new byte[ResponseBytes]))),
    ];

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("/large", 5_000, false)]
    [InlineData("/large", 12_000, true)]
    [InlineData("/stream", 5_000, false)]
    [InlineData("/stream", 12_000, true)]
    [InlineData("/file", 5_000, false)]
    [InlineData("/file", 12_000, true)]
    public async Task A_client_that_takes_a_response_more_slowly_than_ResponseRateMin_is_reset(string path, int bytesPerSecond, bool isServed)
    {
        var options = new ServerOptions { TimeProvider = _time, ResponseRateMin = 10_000, ResponseRateGrace = TimeSpan.FromSeconds(5) };
        await using var server = new RunningServer(Kind.InMemory, Routes, options);
        using var counts = new Counts(server);
        using var client = await server.ConnectAsync();
        await client.GetAsync(path);
        var buffer = new byte[bytesPerSecond];
        // The 64 KiB that the network holds earn six and a half seconds; with the other half of the rate that is over after 13.
        for (int second = 0; second < 12; second++)
        {
            await client.Stream.ReadExactlyAsync(buffer);
            _time.Advance(TimeSpan.FromSeconds(1));
        }
        Assert.Equal(1, server.Server.ConnectionCount);
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(isServed ? 1 : 0, server.Server.ConnectionCount);
        if (!isServed)
        {
            await client.ExpectResetAsync();
            Assert.Equal("ResponseTooSlow 1", counts.Ends);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task A_client_that_takes_a_byte_now_and_then_is_stopped_by_the_rate_alone(int rate)
    {
        var options = new ServerOptions { TimeProvider = _time, ResponseRateMin = rate * 1_000_000, WriteTimeout = TimeSpan.FromSeconds(60) };
        await using var server = new RunningServer(Kind.InMemory, Routes, options);
        using var client = await server.ConnectAsync();
        await client.GetAsync("/large");
        for (int i = 0; i < 100 && server.Server.ConnectionCount == 1; i++)
        {
            await client.ReadExactlyAsync(1);
            _time.Advance(TimeSpan.FromSeconds(40));
        }
        Assert.Equal(rate == 0 ? 1 : 0, server.Server.ConnectionCount);
    }

    [Fact]
    public async Task A_client_that_stops_after_it_took_something_is_reset_by_WriteTimeout_and_a_quarter_more()
    {
        var options = new ServerOptions { TimeProvider = _time, ResponseRateMin = 0, WriteTimeout = TimeSpan.FromSeconds(60) };
        await using var server = new RunningServer(Kind.InMemory, Routes, options);
        using var counts = new Counts(server);
        using var client = await server.ConnectAsync();
        await client.GetAsync("/large");
        _time.Advance(TimeSpan.FromSeconds(20));
        await client.ReadExactlyAsync(100);
        for (int second = 0; second < 59; second++)
            _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(1, server.Server.ConnectionCount);
        for (int second = 0; second < 20; second++)
            _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(0, server.Server.ConnectionCount);
        Assert.Equal("WriteTimeout 1", counts.Ends);
    }

    [Fact]
    public async Task A_handler_that_writes_slowly_is_not_the_clients_fault()
    {
        var gate = new Gate();
        var routes = new[]
        {
            Get("/", async request =>
            {
                var response = new StreamResponse();
                await response.PrepareAsync(request);
                await response.WriteAsync("a"u8.ToArray());
                await gate.PassAsync();
                await response.WriteAsync("b"u8.ToArray());
                return response;
            }),
        };
        await using var server = new RunningServer(Kind.InMemory, routes, new ServerOptions { TimeProvider = _time });
        using var client = await server.ConnectAsync();
        await client.GetAsync("/");
        await gate.Arrived;
        _time.Advance(TimeSpan.FromHours(1));
        gate.Open();
        Assert.Equal("ab", (await client.ReadAsync()).Text);
    }
}
