using System.Runtime.CompilerServices;

namespace Millrace.Tests.Hosting;

/// <summary>Signals and cleanup contexts of applications, alone and mounted: their order, their ends, their errors (aiohttp.md 1.2, 5.11).</summary>
public sealed class LifeCycleTests
{
    private readonly List<string> _events = [];

    [Fact]
    public async Task An_application_starts_in_order_and_ends_in_reverse()
    {
        var app = Recording("app");
        await app.StartupAsync(default);
        Assert.Equal(["app opens 1", "app opens 2", "app startup 1", "app startup 2"], Taken());
        await app.ShutdownAsync(default);
        Assert.Equal(["app shutdown 1", "app shutdown 2"], Taken());
        await app.CleanupAsync(default);
        Assert.Equal(["app cleanup 2", "app cleanup 1", "app closes 2", "app closes 1"], Taken());
    }

    [Fact]
    public async Task A_mounted_application_has_its_turn_at_the_place_of_mounting_and_is_cleaned_up_before_what_it_may_use()
    {
        var parent = Recording("parent");
        var child = Recording("child");
        parent.AddSubApplication("/sub", child);
        parent.OnStartup.Add(_ => _events.Add("parent startup after"));
        parent.OnShutdown.Add(_ => _events.Add("parent shutdown after"));
        parent.OnCleanup.Add(_ => _events.Add("parent cleanup after"));
        // Also what is added to it once it is mounted.
        child.OnStartup.Add(_ => _events.Add("child startup 3"));

        await parent.StartupAsync(default);
        Assert.Equal(
            ["parent opens 1", "parent opens 2", "parent startup 1", "parent startup 2",
             "child opens 1", "child opens 2", "child startup 1", "child startup 2", "child startup 3", "parent startup after"],
            Taken());
        await parent.ShutdownAsync(default);
        Assert.Equal(["parent shutdown 1", "parent shutdown 2", "child shutdown 1", "child shutdown 2", "parent shutdown after"], Taken());
        await parent.CleanupAsync(default);
        Assert.Equal(
            ["parent cleanup after", "child cleanup 2", "child cleanup 1", "child closes 2", "child closes 1",
             "parent cleanup 2", "parent cleanup 1", "parent closes 2", "parent closes 1"],
            Taken());
    }

    [Fact]
    public async Task A_start_that_fails_is_told_to_what_it_has_begun_before_that_is_waited_for()
    {
        var app = new Application();
        app.CleanupContexts.Add(BackgroundAsync);
        app.OnStartup.Add(_ => throw new InvalidOperationException("no database"));
        await using var runner = new AppRunner(app);
        Assert.Equal("no database", (await Assert.ThrowsAsync<InvalidOperationException>(() => runner.SetupAsync()).InTime()).Message);

        static async IAsyncEnumerable<Task> BackgroundAsync(Application app)
        {
            var working = Task.Delay(Timeout.Infinite, app.Stopping);
            yield return working;
            await working.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    [Fact]
    public async Task The_token_of_the_end_may_be_taken_before_the_start()
    {
        var app = new Application();
        for (int run = 0; run < 2; run++)
        {
            var stopping = app.Stopping;
            await using (var runner = new AppRunner(app))
                await runner.SetupAsync();
            Assert.True(stopping.IsCancellationRequested || run > 0);
        }
    }

    [Fact]
    public async Task A_context_that_is_null_ends_the_start_and_says_so()
    {
        Action<CleanupContexts>[] nulls = [contexts => contexts.Add<int>(_ => null!), contexts => contexts.Add(IAsyncDisposable (_) => null!), contexts => contexts.Add(_ => Task.FromResult<IAsyncDisposable>(null!))];
        foreach (var add in nulls)
        {
            var app = new Application();
            add(app.CleanupContexts);
            Assert.StartsWith("A cleanup context returned null", (await Assert.ThrowsAsync<InvalidOperationException>(() => app.StartupAsync(default))).Message, StringComparison.Ordinal);
            await app.CleanupAsync(default);
        }
    }

    [Fact]
    public async Task A_start_that_fails_leaves_the_contexts_it_entered_and_those_of_mounted_applications()
    {
        var parent = Recording("parent");
        var first = Recording("first");
        var second = new Application();
        second.CleanupContexts.Add(app => Context("second", "1"));
        second.CleanupContexts.Add<int>(app => throw new InvalidOperationException("no database"));
        second.CleanupContexts.Add(app => Context("second", "3"));
        second.OnCleanup.Add(_ => _events.Add("second cleanup"));
        var third = Recording("third");
        parent.AddSubApplication("/first", first);
        parent.AddSubApplication("/second", second);
        parent.AddSubApplication("/third", third);

        var thrown = await Assert.ThrowsAsync<InvalidOperationException>(() => parent.StartupAsync(default));
        Assert.Equal("no database", thrown.Message);
        Taken();
        await parent.CleanupAsync(default);
        // OnCleanup is told where the start was whole.
        Assert.Equal(
            ["second closes 1", "first cleanup 2", "first cleanup 1", "first closes 2", "first closes 1", "parent closes 2", "parent closes 1"],
            Taken());
    }

    [Fact]
    public async Task One_receiver_that_fails_stops_none_of_the_others_and_all_errors_come_together()
    {
        var app = new Application();
        app.CleanupContexts.Add(_ => Failing("context"));
        app.CleanupContexts.Add(_ => Context("app", "2"));
        app.OnShutdown.Add(_ => throw new InvalidOperationException("shutdown"));
        app.OnShutdown.Add(_ => _events.Add("shutdown 2"));
        app.OnCleanup.Add(_ => _events.Add("cleanup 1"));
        app.OnCleanup.Add(async _ =>
        {
            await Task.Yield();
            throw new InvalidOperationException("cleanup");
        });
        await app.StartupAsync(default);
        Taken();

        var one = await Assert.ThrowsAsync<InvalidOperationException>(() => app.ShutdownAsync(default));
        Assert.Equal("shutdown", one.Message);
        Assert.Equal(["shutdown 2"], Taken());
        var all = await Assert.ThrowsAsync<AggregateException>(() => app.CleanupAsync(default));
        Assert.Equal(["cleanup", "context"], all.InnerExceptions.Select(e => e.Message));
        Assert.Equal(["cleanup 1", "app closes 2"], Taken());
    }

    [Fact]
    public async Task A_context_yields_exactly_once()
    {
        var none = new Application();
        none.CleanupContexts.Add(_ => AsyncEnumerable.Empty<int>());
        Assert.Contains("without a yield", (await Assert.ThrowsAsync<InvalidOperationException>(() => none.StartupAsync(default))).Message, StringComparison.Ordinal);

        var two = new Application();
        two.CleanupContexts.Add(_ => Twice());
        await two.StartupAsync(default);
        Assert.Contains("more than one yield", (await Assert.ThrowsAsync<InvalidOperationException>(() => two.CleanupAsync(default))).Message, StringComparison.Ordinal);
        Assert.Equal(["left"], Taken());
    }

    [Fact]
    public async Task A_context_may_be_something_to_dispose()
    {
        var app = new Application();
        app.CleanupContexts.Add(_ => new Resource(_events, "made"));
        app.CleanupContexts.Add(async _ =>
        {
            await Task.Yield();
            return new Resource(_events, "made later");
        });
        await app.StartupAsync(default);
        Assert.Empty(_events);
        await app.CleanupAsync(default);
        Assert.Equal(["made later is disposed", "made is disposed"], _events);
    }

    [Fact]
    public async Task Nothing_is_added_after_the_start_but_a_receiver_of_the_start_may_still_add()
    {
        var app = new Application();
        var child = new Application();
        app.AddSubApplication("/sub", child);
        app.OnStartup.Add(started =>
        {
            started.AddRoutes([Get("/", request => new Response())]);
            started.OnCleanup.Add(_ => _events.Add("cleanup"));
            Assert.Throws<InvalidOperationException>(() => started.OnStartup.Add(_ => { }));
            Assert.Throws<InvalidOperationException>(() => started.CleanupContexts.Add(_ => Twice()));
            Assert.Throws<InvalidOperationException>(() => started.AddSubApplication("/sub", new Application()));
        });
        await app.StartupAsync(default);
        app.Freeze();
        foreach (var frozen in new[] { app, child })
        {
            Assert.True(frozen.OnShutdown.IsFrozen);
            Assert.Throws<InvalidOperationException>(() => frozen.OnShutdown.Add(_ => { }));
            Assert.Throws<InvalidOperationException>(() => frozen.OnCleanup.Add(_ => { }));
            Assert.Throws<InvalidOperationException>(() => frozen.OnStartup.Add((_, _) => Task.CompletedTask));
        }
        await app.CleanupAsync(default);
        Assert.Equal(["cleanup"], _events);
    }

    [Fact]
    public async Task An_application_runs_once_at_a_time_and_again_after_its_end()
    {
        var app = Recording("app");
        app.Claim();
        await app.StartupAsync(default);
        Assert.Throws<InvalidOperationException>(app.Claim);
        await Assert.ThrowsAsync<InvalidOperationException>(() => RunAppAsync(app, new RunOptions { Port = 0, HandleSignals = false }));
        Assert.Equal(["app opens 1", "app opens 2", "app startup 1", "app startup 2"], Taken());
        await app.CleanupAsync(default);
        Taken();
        app.Claim();
        await app.StartupAsync(default);
        await app.CleanupAsync(default);
        Assert.Equal(
            ["app opens 1", "app opens 2", "app startup 1", "app startup 2", "app cleanup 2", "app cleanup 1", "app closes 2", "app closes 1"],
            Taken());
    }

    [Fact]
    public void An_application_has_one_place()
    {
        var parent = new Application();
        var child = new Application();
        parent.AddSubApplication("/sub", child);
        Assert.Same(parent, child.Parent);
        Assert.Throws<InvalidOperationException>(child.Claim);
        Assert.Throws<InvalidOperationException>(() => new Application().AddSubApplication("/sub", child));
        Assert.Throws<InvalidOperationException>(() => child.AddSubApplication("/sub", parent));
        Assert.Throws<InvalidOperationException>(() => new Application().AddSubApplication("/sub", Started()));

        static Application Started()
        {
            var app = new Application();
            Assert.True(app.StartupAsync(default).IsCompletedSuccessfully);
            return app;
        }
    }

    [Fact]
    public async Task Who_takes_too_long_is_told_by_the_token_and_left_behind_and_the_others_have_their_turn()
    {
        var app = new Application();
        var told = new TaskCompletionSource();
        app.CleanupContexts.Add(_ => Waiting(told));
        app.OnCleanup.Add(_ => _events.Add("the first to be added"));
        app.OnCleanup.Add(_ => new TaskCompletionSource().Task);
        using var outOfTime = new CancellationTokenSource();
        await app.StartupAsync(default);
        var cleanup = app.CleanupAsync(outOfTime.Token);
        Assert.Empty(_events);
        await outOfTime.CancelAsync();
        await told.Task.InTime();
        var all = await Assert.ThrowsAsync<AggregateException>(() => cleanup.InTime());
        Assert.All(all.InnerExceptions, e => Assert.IsAssignableFrom<OperationCanceledException>(e));
        Assert.Equal(["the first to be added"], _events);
    }

    [Fact]
    public async Task RunApp_starts_before_it_listens_and_cleans_up_after_the_last_connection()
    {
        var app = Recording("app");
        using var stop = new CancellationTokenSource();
        var options = new RunOptions
        {
            Host = "127.0.0.1",
            Port = 0,
            HandleSignals = false,
            Print = _ =>
            {
                _events.Add("listens");
                stop.Cancel();
            },
        };
        await RunAppAsync(app, options, stop.Token).InTime();
        Assert.Equal(
            ["app opens 1", "app opens 2", "app startup 1", "app startup 2", "listens", "app shutdown 1", "app shutdown 2",
             "app cleanup 2", "app cleanup 1", "app closes 2", "app closes 1"],
            Taken());
    }

    private Application Recording(string name)
    {
        var app = new Application();
        foreach (string number in new[] { "1", "2" })
        {
            app.OnStartup.Add(_ => _events.Add($"{name} startup {number}"));
            app.OnShutdown.Add(async (_, _) =>
            {
                await Task.Yield();
                _events.Add($"{name} shutdown {number}");
            });
            app.OnCleanup.Add(async _ =>
            {
                await Task.Yield();
                _events.Add($"{name} cleanup {number}");
            });
            app.CleanupContexts.Add(_ => Context(name, number));
        }
        return app;
    }

    private string[] Taken()
    {
        string[] taken = [.. _events];
        _events.Clear();
        return taken;
    }

    private async IAsyncEnumerable<string> Context(string name, string number)
    {
        await Task.Yield();
        _events.Add($"{name} opens {number}");
        yield return number;
        await Task.Yield();
        _events.Add($"{name} closes {number}");
    }

    private static async IAsyncEnumerable<int> Failing(string message)
    {
        yield return 1;
        await Task.Yield();
        throw new InvalidOperationException(message);
    }

    private async IAsyncEnumerable<int> Twice()
    {
        try
        {
            yield return 1;
            await Task.Yield();
            yield return 2;
        }
        finally
        {
            _events.Add("left");
        }
    }

    private static async IAsyncEnumerable<int> Waiting(TaskCompletionSource told, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        yield return 1;
        await using var registration = cancellationToken.Register(told.SetResult);
        await new TaskCompletionSource().Task.WaitAsync(cancellationToken);
    }

    private sealed class Resource(List<string> events, string name) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            events.Add($"{name} is disposed");
            return ValueTask.CompletedTask;
        }
    }
}
