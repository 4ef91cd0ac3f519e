using System.Collections.Concurrent;
using Microsoft.Extensions.Time.Testing;

namespace Millrace.Tests.Hosting;

/// <summary>The written order of the end (ARCHITECTURE.md, aiohttp.md 2.9): what comes after what, and that one deadline holds for all of it.</summary>
public sealed class DrainTests
{
    private readonly ConcurrentQueue<string> _events = new();

    [Theory]
    [MemberData(nameof(Kinds.Network), MemberType = typeof(Kinds))]
    public async Task RunApp_goes_its_steps_in_order(Kind kind)
    {
        var gate = new Gate();
        var told = new TaskCompletionSource();
        var app = new Application();
        app.AddRoutes([Get("/", async request =>
        {
            _events.Enqueue("request");
            await gate.PassAsync();
            _events.Enqueue("response");
            return Response.Text("answer");
        })]);
        app.CleanupContexts.Add(Context);
        app.OnStartup.Add(started =>
        {
            _events.Enqueue("startup");
            started.Stopping.Register(() => _events.Enqueue("stopping"));
        });
        app.OnShutdown.Add(_ =>
        {
            _events.Enqueue("shutdown");
            told.SetResult();
        });
        app.OnCleanup.Add(_ => _events.Enqueue("cleanup"));
        var listening = new TaskCompletionSource<int>();
        using var stop = new CancellationTokenSource();
        var running = RunAppAsync(
            async _ =>
            {
                await Task.Yield();
                _events.Enqueue("made");
                return app;
            },
            new RunOptions
            {
                Host = "127.0.0.1",
                Port = 0,
                HandleSignals = false,
                Server = RunnerTests.Options(kind),
                Print = banner =>
                {
                    _events.Enqueue("listens");
                    listening.SetResult(int.Parse(banner.Split(':')[2].Split(' ')[0], provider: null));
                },
            },
            stop.Token);
        var endPoint = new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, await listening.Task.InTime());
        using (var idle = await RawClient.ConnectAsync(endPoint))
        using (var client = await RawClient.ConnectAsync(endPoint))
        {
            await client.GetAsync("/");
            await gate.Arrived;
            await stop.CancelAsync();
            await told.Task.InTime();
            await idle.ExpectEndAsync();
            _events.Enqueue("idle closed");
            gate.Open();
            var response = await client.ReadAsync();
            Assert.Equal("answer", response.Text);
            Assert.True(response.Closes);
        }
        await running.InTime();
        Assert.Equal(
            ["made", "opened", "startup", "listens", "request", "stopping", "shutdown", "idle closed", "response", "cleanup", "closed"],
            _events);
    }

    [Theory]
    [MemberData(nameof(Kinds.Network), MemberType = typeof(Kinds))]
    public async Task What_is_stuck_costs_the_deadline_once(Kind kind)
    {
        var clock = new FakeTimeProvider();
        var gate = new Gate();
        var app = new Application();
        var aborted = new TaskCompletionSource();
        var log = new LogRecorder();
        app.AddRoutes([Get("/", async request =>
        {
            request.Aborted.Register(aborted.SetResult);
            await gate.PassAsync();
            return new Response();
        })]);
        app.OnShutdown.Add(_ => new TaskCompletionSource().Task);
        app.OnShutdown.Add(_ => _events.Enqueue("shutdown"));
        app.OnCleanup.Add(_ => _events.Enqueue("cleanup"));
        var options = new ServerOptions { Transport = RunnerTests.Options(kind).Transport, TimeProvider = clock, LoggerFactory = log };
        var runner = new AppRunner(app, options) { ShutdownTimeout = TimeSpan.FromSeconds(10), ShutdownCallback = () => new TaskCompletionSource().Task };
        await runner.SetupAsync();
        var site = new TcpSite(runner, "127.0.0.1", 0);
        await site.StartAsync();
        using var client = await RawClient.ConnectAsync(site.Addresses[0]);
        await client.GetAsync("/");
        await gate.Arrived;
        var ending = runner.CleanupAsync();
        await Deadline.UntilAsync(() => runner.Server!.IsStopping, "the word to end");
        clock.Advance(TimeSpan.FromSeconds(9));
        Assert.Empty(_events);
        clock.Advance(TimeSpan.FromSeconds(1));
        await aborted.Task.InTime();
        // What heeds nothing is given one second more.
        await Deadline.UntilAsync(() =>
        {
            clock.Advance(TimeSpan.FromMilliseconds(100));
            return ending.IsCompleted;
        }, "the end");
        var errors = await Assert.ThrowsAsync<AggregateException>(() => ending);
        Assert.Equal(["shutdown", "cleanup"], _events);
        Assert.All(errors.Flatten().InnerExceptions, e => Assert.IsAssignableFrom<OperationCanceledException>(e));
        Assert.Equal(2, errors.Flatten().InnerExceptions.Count);
        log.TakeOne();
        gate.Open();
        await client.ExpectResetAsync();
    }

    [Theory]
    [MemberData(nameof(Kinds.Network), MemberType = typeof(Kinds))]
    public async Task A_receiver_of_the_shutdown_that_fails_skips_nothing(Kind kind)
    {
        var app = RunnerTests.App();
        app.CleanupContexts.Add(Context);
        app.OnShutdown.Add(_ => throw new InvalidOperationException("shutdown"));
        app.OnCleanup.Add(_ => throw new InvalidOperationException("cleanup"));
        var runner = new AppRunner(app, RunnerTests.Options(kind));
        await runner.SetupAsync();
        var site = new TcpSite(runner, "127.0.0.1", 0);
        await site.StartAsync();
        using var idle = await RawClient.ConnectAsync(site.Addresses[0]);
        await idle.AskForAsync("/");
        var errors = await Assert.ThrowsAsync<AggregateException>(() => runner.CleanupAsync().InTime());
        Assert.Equal(["shutdown", "cleanup"], errors.InnerExceptions.Select(e => e.Message));
        await idle.ExpectEndAsync();
        Assert.Equal(["opened", "closed"], _events);
    }

    [Theory]
    [MemberData(nameof(Kinds.Network), MemberType = typeof(Kinds))]
    public async Task A_body_that_does_not_come_to_its_end_is_cut_at_the_deadline(Kind kind)
    {
        var reading = new Gate();
        reading.Open();
        await using var app = new RunningApp([Post("/", async request =>
        {
            await reading.PassAsync();
            return Response.Text(await request.TextAsync());
        })], kind, shutdownTimeout: TimeSpan.FromMilliseconds(100));
        using var client = await app.ConnectAsync();
        await client.SendAsync("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhe");
        await reading.Arrived;
        app.Stop();
        await client.ExpectResetAsync();
        await app.Running.InTime();
        app.Log.TakeOne();
    }

    [Theory]
    [MemberData(nameof(Kinds.Network), MemberType = typeof(Kinds))]
    public async Task A_client_that_has_only_just_connected_is_still_answered(Kind kind)
    {
        var clock = new FakeTimeProvider();
        var runner = new AppRunner(RunnerTests.App(), new ServerOptions { Transport = RunnerTests.Options(kind).Transport, TimeProvider = clock });
        await runner.SetupAsync();
        var site = new TcpSite(runner, "127.0.0.1", 0);
        await site.StartAsync();
        using var old = await RawClient.ConnectAsync(site.Addresses[0]);
        await Deadline.UntilAsync(() => runner.Server!.ConnectionCount == 1, "the connection");
        clock.Advance(TimeSpan.FromMilliseconds(300));
        using var used = await RawClient.ConnectAsync(site.Addresses[0]);
        await used.AskForAsync("/");
        using var fresh = await RawClient.ConnectAsync(site.Addresses[0]);
        using var silent = await RawClient.ConnectAsync(site.Addresses[0]);
        await Deadline.UntilAsync(() => runner.Server!.ConnectionCount == 4, "the connections");
        var ending = runner.CleanupAsync();
        await old.ExpectEndAsync();
        foreach (var client in new[] { used, fresh })
        {
            var response = await client.AskForAsync("/");
            Assert.Equal("hello", response.Text);
            Assert.True(response.Closes);
            client.Dispose();
        }
        Assert.False(ending.IsCompleted);
        clock.Advance(TimeSpan.FromMilliseconds(250));
        await silent.ExpectEndAsync();
        await ending.InTime();
    }

    [Theory]
    [MemberData(nameof(Kinds.Network), MemberType = typeof(Kinds))]
    public async Task A_start_that_fails_in_the_second_context_leaves_the_first_and_listens_nowhere_as_row_220_says(Kind kind)
    {
        var mounted = new Application();
        mounted.CleanupContexts.Add(Context);
        mounted.CleanupContexts.Add<int>(_ => throw new InvalidOperationException("no database"));
        var app = RunnerTests.App();
        app.CleanupContexts.Add(Context);
        app.AddSubApplication("/mounted", mounted);
        var options = new RunOptions { Host = "127.0.0.1", Port = 0, HandleSignals = false, Print = _ => _events.Enqueue("listens"), Server = RunnerTests.Options(kind) };
        Assert.Equal("no database", (await Assert.ThrowsAsync<InvalidOperationException>(() => RunAppAsync(app, options).InTime())).Message);
        Assert.Equal(["opened", "opened", "closed", "closed"], _events);
    }

    [Fact]
    public async Task An_end_that_is_asked_for_while_the_application_starts_is_no_error()
    {
        using var stop = new CancellationTokenSource();
        var app = RunnerTests.App();
        app.CleanupContexts.Add(Context);
        app.OnStartup.Add(async (_, cancellationToken) =>
        {
            await stop.CancelAsync();
            await Task.Delay(Timeout.Infinite, cancellationToken);
        });
        var options = new RunOptions { Host = "127.0.0.1", Port = 0, Print = _ => _events.Enqueue("listens"), HandleSignals = false };
        await RunAppAsync(app, options, stop.Token).InTime();
        Assert.Equal(["opened", "closed"], _events);

        var other = RunnerTests.App();
        other.CleanupContexts.Add(Context);
        other.OnStartup.Add(_ => throw new GracefulExit());
        await RunAppAsync(other, options).InTime();
        Assert.Equal(["opened", "closed", "opened", "closed"], _events);
    }

    private async IAsyncEnumerable<int> Context(Application app)
    {
        await Task.Yield();
        _events.Enqueue("opened");
        yield return 1;
        _events.Enqueue("closed");
    }
}
