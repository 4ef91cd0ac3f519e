using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Time.Testing;

namespace Millrace.Tests.Hosting;

/// <summary>Runners and their sites: what may be done when, and that sites come and go while the server runs (aiohttp.md 1.1, 5.11).</summary>
public sealed class RunnerTests
{
    public static ServerOptions Options(Kind kind) => new() { Transport = kind == Kind.Sockets ? TransportKind.Sockets : TransportKind.Automatic };

    [Theory]
    [MemberData(nameof(Kinds.Network), MemberType = typeof(Kinds))]
    public async Task Sites_are_added_and_removed_while_the_server_runs_and_share_it(Kind kind)
    {
        await using var runner = new AppRunner(App(), Options(kind));
        await runner.SetupAsync();
        Assert.Empty(runner.Sites);
        Assert.Empty(runner.Addresses);
        var first = await StartAsync(runner);
        using var client = await ConnectAsync(first);
        Assert.Equal("hello", (await client.AskForAsync("/")).Text);

        var second = await StartAsync(runner);
        Assert.Equal([first, second], runner.Sites);
        Assert.Equal([first.Port, second.Port], runner.Addresses.Select(address => ((IPEndPoint)address).Port));
        using var other = await ConnectAsync(second);
        Assert.Equal("hello", (await other.AskForAsync("/")).Text);
        Assert.Equal(2, runner.Server!.ConnectionCount);
        Assert.Equal(2, runner.Server.RequestCount);

        await first.StopAsync();
        Assert.Equal([second], runner.Sites);
        await Assert.ThrowsAsync<SocketException>(() => ConnectAsync(first));
        // What it accepted lives on.
        Assert.Equal("hello", (await client.AskForAsync("/")).Text);
        Assert.Equal("hello", (await other.AskForAsync("/")).Text);
        Assert.Equal(4, runner.Server.RequestCount);

        await first.StartAsync();
        using var again = await ConnectAsync(first);
        Assert.Equal("hello", (await again.AskForAsync("/")).Text);
    }

    [Fact]
    public async Task A_site_that_fails_to_end_keeps_nothing_else_from_ending()
    {
        var app = App();
        bool isCleanedUp = false;
        app.OnCleanup.Add(_ => isCleanedUp = true);
        await using var runner = new AppRunner(app);
        for (int run = 0; run < 2; run++)
        {
            await runner.SetupAsync();
            await new BrokenSite(runner).StartAsync();
            var other = await StartAsync(runner);
            Assert.Equal("cannot be removed", (await Assert.ThrowsAsync<IOException>(() => runner.CleanupAsync())).Message);
            Assert.True(isCleanedUp);
            Assert.Empty(runner.Sites);
            await Assert.ThrowsAsync<SocketException>(() => ConnectAsync(other));
        }
    }

    [Fact]
    public async Task What_is_done_out_of_order_throws_and_says_what_to_do()
    {
        var runner = new AppRunner(App());
        Assert.Null(runner.Server);
        Assert.Contains("SetupAsync", Assert.Throws<InvalidOperationException>(() => new TcpSite(runner)).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => new UnixSite(runner, "/tmp/s"));
        await runner.SetupAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(() => runner.SetupAsync());
        var site = new TcpSite(runner, "127.0.0.1", 0);
        await Assert.ThrowsAsync<InvalidOperationException>(site.StopAsync);
        await site.StartAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(() => site.StartAsync());
        Assert.Equal(site, Assert.Single(runner.Sites));
        await site.StopAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(site.StopAsync);
        await runner.CleanupAsync().InTime();
        await Assert.ThrowsAsync<InvalidOperationException>(() => site.StartAsync());
        await runner.CleanupAsync();
        Assert.Throws<ArgumentOutOfRangeException>(() => new AppRunner(App()) { ShutdownTimeout = TimeSpan.FromSeconds(-1) });
        Assert.Throws<ArgumentNullException>(() => new AppRunner(null!));
        Assert.Throws<ArgumentNullException>(() => new ServerRunner(null!));
    }

    [Theory]
    [MemberData(nameof(Kinds.Network), MemberType = typeof(Kinds))]
    public async Task A_runner_is_set_up_again_after_its_cleanup(Kind kind)
    {
        int starts = 0;
        var app = App();
        app.OnStartup.Add(_ => starts++);
        var runner = new AppRunner(app, Options(kind));
        for (int i = 1; i <= 2; i++)
        {
            await runner.SetupAsync();
            Assert.False(app.Stopping.IsCancellationRequested);
            using (var client = await ConnectAsync(await StartAsync(runner)))
                Assert.Equal("hello", (await client.AskForAsync("/")).Text);
            await runner.CleanupAsync().InTime();
            Assert.Equal(i, starts);
            Assert.Empty(runner.Sites);
            Assert.Null(runner.Server);
            Assert.True(app.Stopping.IsCancellationRequested);
        }
    }

    [Fact]
    public async Task Two_runners_run_side_by_side_but_not_one_application()
    {
        var app = App();
        await using var one = new AppRunner(app);
        await using var other = new AppRunner(App());
        await using var same = new AppRunner(app);
        await one.SetupAsync();
        await other.SetupAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(() => same.SetupAsync());
        foreach (var runner in new[] { one, other })
        {
            using var client = await ConnectAsync(await StartAsync(runner));
            Assert.Equal("hello", (await client.AskForAsync("/")).Text);
        }
        await one.CleanupAsync().InTime();
        await same.SetupAsync();
    }

    [Theory]
    [MemberData(nameof(Kinds.Network), MemberType = typeof(Kinds))]
    public async Task A_low_level_server_answers_everything_with_one_handler(Kind kind)
    {
        var server = new Server(request => Response.Text($"{request.Method} {request.Path}"), Options(kind));
        await using var runner = new ServerRunner(server);
        await runner.SetupAsync();
        Assert.Same(server, runner.Server);
        using (var client = await ConnectAsync(await StartAsync(runner)))
        {
            Assert.Equal("GET /anything", (await client.AskForAsync("/anything")).Text);
            Assert.Equal((1, 1), (server.ConnectionCount, server.RequestCount));
        }
        await Deadline.UntilAsync(() => server.ConnectionCount == 0, "the end of the connection");
        Assert.Equal(1, server.RequestCount);
        await runner.CleanupAsync().InTime();
        Assert.True(server.IsStopping);
        Assert.Contains("runs once", (await Assert.ThrowsAsync<InvalidOperationException>(() => runner.SetupAsync())).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentNullException>(() => new Server((Handler)null!));
    }

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task Counts_are_right_after_everything_that_can_go_wrong_as_row_235_says(Kind kind)
    {
        await using var server = new RunningServer(kind,
        [
            Get("/", request => Response.Text("hello")),
            Get("/fails", StreamResponse (request) => throw new InvalidOperationException("a fault of the handler")),
            Post("/", async request => Response.Text(await request.TextAsync())),
        ]);
        using (var client = await server.ConnectAsync())
        {
            Assert.Equal(200, (await client.AskForAsync("/")).Status);
            Assert.Equal(404, (await client.AskForAsync("/missing")).Status);
            Assert.Equal(500, (await client.AskForAsync("/fails")).Status);
            Assert.Equal(1, server.Server.ConnectionCount);
        }
        // One that cannot be read is no request; one whose body breaks off is.
        using (var client = await server.ConnectAsync())
            Assert.Equal(400, (await client.AskAsync("NONSENSE\r\n\r\n")).Status);
        using (var client = await server.ConnectAsync())
        {
            await client.SendAsync("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc");
            await Deadline.UntilAsync(() => server.Server.RequestCount == 4, "the fourth request");
            client.Reset();
        }
        await server.ConnectionsEndedAsync();
        Assert.Equal(4, server.Server.RequestCount);
        Assert.Equal(200, (await server.GetAsync("/")).Status);
        Assert.Equal(5, server.Server.RequestCount);
        server.Log.TakeAll();
    }

    [Fact]
    public async Task A_start_that_fails_is_undone_and_the_runner_can_try_again()
    {
        var events = new List<string>();
        bool fails = true;
        var app = App();
        app.CleanupContexts.Add(_ => new Closing(events));
        app.OnStartup.Add(_ =>
        {
            if (fails)
                throw new InvalidOperationException("no start");
        });
        await using var runner = new AppRunner(app);
        Assert.Equal("no start", (await Assert.ThrowsAsync<InvalidOperationException>(() => runner.SetupAsync())).Message);
        Assert.Equal(["closed"], events);
        Assert.Null(runner.Server);
        fails = false;
        await runner.SetupAsync();
        Assert.NotNull(runner.Server);
    }

    [Fact]
    public async Task The_readiness_delay_serves_on_and_then_the_deadline_counts()
    {
        var clock = new FakeTimeProvider();
        var app = App();
        var told = new TaskCompletionSource();
        app.OnStartup.Add(started => started.Stopping.Register(told.SetResult));
        await using var runner = new AppRunner(app, new ServerOptions { TimeProvider = clock }) { ReadinessDelay = TimeSpan.FromSeconds(5) };
        await runner.SetupAsync();
        var site = await StartAsync(runner);
        var ending = runner.CleanupAsync();
        await told.Task.InTime();
        using (var client = await ConnectAsync(site))
        {
            var response = await client.AskForAsync("/");
            Assert.Equal("hello", response.Text);
            Assert.False(response.Closes);
        }
        await Deadline.UntilAsync(() => runner.Server!.ConnectionCount == 0, "the end of the connection");
        Assert.False(ending.IsCompleted);
        // Not all at once: the delay may begin only now.
        await Deadline.UntilAsync(
            () =>
            {
                clock.Advance(TimeSpan.FromSeconds(1));
                return ending.IsCompleted;
            },
            "the end of the delay");
        await ending;
    }

    [Fact]
    public async Task The_callback_of_the_shutdown_is_awaited_before_the_application_is_told()
    {
        var events = new List<string>();
        var app = App();
        app.OnShutdown.Add(_ => events.Add("application"));
        var runner = new AppRunner(app)
        {
            ShutdownCallback = async () =>
            {
                await Task.Yield();
                events.Add("callback");
            },
        };
        await runner.SetupAsync();
        await runner.CleanupAsync().InTime();
        Assert.Equal(["callback", "application"], events);
    }

    internal static Application App()
    {
        var app = new Application();
        app.AddRoutes([Get("/", request => Response.Text("hello"))]);
        return app;
    }

    private static async Task<TcpSite> StartAsync(BaseRunner runner)
    {
        var site = new TcpSite(runner, "127.0.0.1", 0);
        await site.StartAsync();
        Assert.Equal($"http://127.0.0.1:{site.Port}", site.Name);
        return site;
    }

    private static Task<RawClient> ConnectAsync(TcpSite site) => RawClient.ConnectAsync(new IPEndPoint(IPAddress.Loopback, site.Port));

    private sealed class Closing(List<string> events) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            events.Add("closed");
            return ValueTask.CompletedTask;
        }
    }

    private sealed class BrokenSite(BaseRunner runner) : BaseSite(runner)
    {
        public override string Name => "broken";

        private protected override ValueTask ListenAsync(Server server, CancellationToken cancellationToken) => ValueTask.CompletedTask;

        private protected override void OnStopped() => throw new IOException("cannot be removed");
    }
}
