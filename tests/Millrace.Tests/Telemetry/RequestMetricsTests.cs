using System.Diagnostics.Metrics;

namespace Millrace.Tests.Telemetry;

/// <summary>What meters say of requests: OpenTelemetry's names, few values, and each request once.</summary>
public sealed class RequestMetricsTests
{
    private const string Duration = "http.server.request.duration";
    private const string Active = "http.server.active_requests";

    [Theory]
    [MemberData(nameof(TelemetryApp.Requests), MemberType = typeof(TelemetryApp))]
    public async Task Each_request_is_measured_once_with_what_it_was_and_how_it_ended(Kind kind, string line, string route, int status, string error)
    {
        using var metrics = new MetricRecorder();
        await using var server = new RunningServer(kind, TelemetryApp.Make());
        await TelemetryApp.AskAsync(server, line);
        var measured = Assert.Single(metrics.All(Duration));
        string method = line.Split(' ')[0] is "BREW" ? "_OTHER" : line.Split(' ')[0];
        var expected = new Dictionary<string, object?>
        {
            ["http.request.method"] = method,
            ["url.scheme"] = "http",
            ["network.protocol.version"] = line[^3..],
            ["http.response.status_code"] = status,
        };
        if (route.Length > 0)
            expected["http.route"] = route;
        if (error.Length > 0)
            expected["error.type"] = error;
        Assert.Equivalent(expected, measured.Tags, strict: true);
        Assert.InRange(measured.Value, 0, 30);
        Assert.Equal([1, -1], metrics.All(Active).Select(one => one.Value));
        Assert.All(metrics.All(Active), one => Assert.Equivalent(new Dictionary<string, object?> { ["http.request.method"] = method, ["url.scheme"] = "http" }, one.Tags, strict: true));
    }

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task A_request_is_active_while_its_handler_runs(Kind kind)
    {
        using var metrics = new MetricRecorder();
        var gate = new Gate();
        await using var server = new RunningServer(kind, [Get("/", async request =>
        {
            await gate.PassAsync();
            return new Response();
        })]);
        using var client = await server.ConnectAsync();
        await client.GetAsync("/");
        await gate.Arrived;
        Assert.Equal(1, metrics.All(Active).Sum(one => one.Value));
        Assert.Empty(metrics.All(Duration));
        gate.Open();
        await client.ReadAsync();
        await Deadline.UntilAsync(() => metrics.All(Duration).Count == 1, "the measurement");
        Assert.Equal(0, metrics.All(Active).Sum(one => one.Value));
    }

    [Fact]
    public async Task What_could_not_be_read_as_a_request_is_a_fault_of_the_protocol_and_nothing_else()
    {
        using var metrics = new MetricRecorder();
        using var spans = new SpanRecorder();
        foreach (var app in new[] { TelemetryApp.Make(), WithMiddleware() })
        {
            await using var server = new RunningServer(Kind.InMemory, app);
            await TelemetryApp.AskAsync(server, "GET / HTTP/1.1\r\nContent-Length: x");
        }
        Assert.Equal(2, metrics.All("millrace.protocol.faults").Count);
        Assert.Empty(metrics.All(Active));
        Assert.Empty(metrics.All(Duration));
        await spans.EndedAsync(0);

        static Application WithMiddleware()
        {
            var app = TelemetryApp.Make();
            app.Middlewares.Add((request, next) => next(request));
            return app;
        }
    }

    [Fact]
    public async Task Nothing_is_noted_while_nobody_listens()
    {
        await using var server = new RunningServer(Kind.InMemory, TelemetryApp.Make());
        Assert.False(server.Server.NotesRequests);
        using (new SpanRecorder())
            Assert.True(server.Server.NotesRequests);
        Assert.False(server.Server.NotesRequests);
        using (new MetricRecorder())
            Assert.True(server.Server.NotesRequests);
        Assert.False(server.Server.NotesRequests);
        Assert.False(server.Server.Metrics.MeasuresConnections || server.Server.Metrics.MeasuresHandshakes);
    }

    [Fact]
    public async Task Who_has_stopped_listening_costs_no_byte()
    {
        await using var server = new RunningServer(Kind.InMemory, TelemetryApp.Make());
        using var client = await server.ConnectAsync();
        var stream = client.InMemory;
        byte[] get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray(), answer = new byte[1024];
        Cost(2000);
        long before = Cost(5000);
        using (new MetricRecorder())
        using (new SpanRecorder())
            Assert.True(Cost(100) > before);
        Assert.InRange(Cost(5000), 1, before);

        // Everything runs inside the client's write, on this thread.
        long Cost(int requests)
        {
            long allocated = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < requests; i++)
            {
                Assert.True(stream.WriteAsync(get).IsCompletedSuccessfully);
                stream.ReadAvailable(answer);
            }
            return (GC.GetAllocatedBytesForCurrentThread() - allocated) / requests;
        }
    }

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task A_WebSocket_is_one_request_until_it_ends(Kind kind)
    {
        using var metrics = new MetricRecorder();
        using var spans = new SpanRecorder();
        await using var server = new RunningServer(kind, [Get("/ws", async request =>
        {
            var ws = new WebSocketResponse();
            await ws.PrepareAsync(request);
            await foreach (var message in ws)
                await ws.SendAsync(message);
            return ws;
        })]);
        using (var client = await server.ConnectAsync())
        {
            await client.GetAsync("/ws", "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n");
            Assert.StartsWith("HTTP/1.1 101 ", await client.ReadHeadAsync(), StringComparison.Ordinal);
            Assert.Equal(1, metrics.All(Active).Sum(one => one.Value));
            Assert.Empty(metrics.All(Duration));
        }
        await server.ConnectionsEndedAsync();
        Assert.Equal(101, Assert.Single(metrics.All(Duration)).Tags["http.response.status_code"]);
        Assert.Equal("GET /ws", (await spans.EndedAsync(1))[0].DisplayName);
    }

    [Fact]
    public async Task A_handler_that_is_given_up_counts_as_the_504_that_its_client_got()
    {
        using var metrics = new MetricRecorder();
        var gate = new Gate();
        await using var server = new RunningServer(Kind.InMemory, [Get("/", async request =>
        {
            await gate.PassAsync();
            return new Response();
        }).Timeout(TimeSpan.FromMilliseconds(10))]);
        Assert.Equal(504, (await server.GetAsync("/")).Status);
        await server.ConnectionsEndedAsync();
        gate.Open();
        var tags = Assert.Single(metrics.All(Duration)).Tags;
        Assert.Equal((504, "504"), ((int)tags["http.response.status_code"]!, (string)tags["error.type"]!));
    }

    [Fact]
    public async Task The_histograms_advise_the_buckets_of_the_conventions()
    {
        await using var server = new RunningServer(Kind.InMemory, TelemetryApp.Make());
        var found = new Dictionary<string, IReadOnlyList<double>?>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, _) =>
        {
            if (instrument.Meter == server.Server.Metrics.Meter && instrument is Histogram<double> histogram)
                found[$"{histogram.Name} {histogram.Unit}"] = histogram.Advice?.HistogramBucketBoundaries;
        };
        listener.Start();
        Assert.Equal([0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10], found["http.server.request.duration s"]);
        Assert.Equal([0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10], found["millrace.tls_handshake.duration s"]);
        Assert.Equal([0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300], found["millrace.connection.duration s"]);
    }
}
