using System.Security.Authentication;
using Microsoft.Extensions.Time.Testing;
using Millrace.Connections;
using Millrace.Transport;

namespace Millrace.Tests.Telemetry;

/// <summary>What meters say of connections, handshakes and loops.</summary>
public sealed class ConnectionMetricsTests
{
    [Fact]
    public async Task A_connection_is_measured_from_its_first_moment_to_its_last()
    {
        var clock = new FakeTimeProvider();
        using var metrics = new MetricRecorder();
        await using var server = new RunningServer(Kind.InMemory, TelemetryApp.Make(), new ServerOptions { TimeProvider = clock });
        using (await server.ConnectAsync())
        {
            await Deadline.UntilAsync(() => metrics.All("millrace.active_connections").Count == 1, "the connection");
            clock.Advance(TimeSpan.FromSeconds(3));
        }
        await server.ConnectionsEndedAsync();
        var measured = Assert.Single(metrics.All("millrace.connection.duration"));
        Assert.Equal(3, measured.Value);
        Assert.Equivalent(new Dictionary<string, object?> { ["error.type"] = "ClientClosed" }, measured.Tags, strict: true);
        Assert.Equal(0, metrics.All("millrace.active_connections").Sum(one => one.Value));
    }

    [Theory]
    [InlineData(SslProtocols.Tls12, "1.2")]
    [InlineData(SslProtocols.Tls13, "1.3")]
    public async Task A_handshake_is_measured_with_what_was_agreed_on(SslProtocols protocol, string version)
    {
        foreach (var kind in Kinds.All.Select(row => row.Data))
        {
            using var metrics = new MetricRecorder();
            await using var server = new RunningServer(kind, [Get("/", request => Response.Text(request.Scheme))], tls: TestCertificates.Server);
            using (var client = await server.ConnectSecurelyAsync(TestCertificates.Client(protocols: protocol)))
                Assert.Equal("https", (await client.AskForAsync("/")).Text);
            await server.ConnectionsEndedAsync();
            var measured = Assert.Single(metrics.All("millrace.tls_handshake.duration"));
            Assert.Equivalent(new Dictionary<string, object?> { ["tls.protocol.version"] = version }, measured.Tags, strict: true);
            Assert.InRange(measured.Value, 0, 30);
            Assert.Equal([1, -1], metrics.All("millrace.active_tls_handshakes").Select(one => one.Value));
            Assert.Equal("https", Assert.Single(metrics.All("http.server.request.duration")).Tags["url.scheme"]);
        }
    }

    [Fact]
    public async Task A_handshake_that_failed_says_why()
    {
        using var metrics = new MetricRecorder();
        await using var server = new RunningServer(Kind.InMemory, [], tls: TestCertificates.Server);
        using (var client = await server.ConnectAsync())
        {
            await client.SendAsync("no handshake at all");
            await server.ConnectionsEndedAsync();
        }
        var measured = Assert.Single(metrics.All("millrace.tls_handshake.duration"));
        Assert.Equal(["error.type"], measured.Tags.Keys);
        Assert.StartsWith("System.", (string)measured.Tags["error.type"]!, StringComparison.Ordinal);
        Assert.Equal(0, metrics.All("millrace.active_tls_handshakes").Sum(one => one.Value));
    }

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task Every_loop_tells_its_lag(Kind kind)
    {
        using var metrics = new MetricRecorder();
        await using var server = new RunningServer(kind, TelemetryApp.Make(), new ServerOptions { Loops = 2 });
        metrics.Observe();
        await Deadline.UntilAsync(() =>
        {
            metrics.Observe();
            return metrics.All("millrace.loop.lag").Any(one => one.Value > 0);
        }, "a lag");
        Assert.Equal([0, 1], metrics.All("millrace.loop.lag").Select(one => (int)one.Tags["millrace.loop"]!).Distinct().Order());
    }

    [Fact]
    public void A_loop_that_does_not_come_to_it_is_behind_by_as_much_and_one_that_did_tells_the_last_time()
    {
        var clock = new FakeTimeProvider();
        var loop = new HeldLoop(clock);
        var lag = new LoopLag([loop], clock);
        Assert.Equal(0, Assert.Single(lag.Measure()).Value);
        clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(2, Assert.Single(lag.Measure()).Value);
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Single(loop.Posted);
        loop.Posted[0]();
        clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(3, Assert.Single(lag.Measure()).Value);
        Assert.Equal(2, loop.Posted.Count);
        loop.Posted[1]();
        Assert.Equal(0, Assert.Single(lag.Measure()).Value);
    }

    private sealed class HeldLoop(TimeProvider timeProvider) : EventLoop(timeProvider)
    {
        public List<Action> Posted { get; } = [];

        public override void Post(Action callback) => Posted.Add(callback);

        protected override void OnEarlierTimer()
        {
        }
    }
}
