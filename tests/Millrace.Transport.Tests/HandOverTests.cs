using Millrace.Transport.Clock;
using Millrace.Transport.Epoll;
using Millrace.Transport.Tests.Support;

namespace Millrace.Transport.Tests;

/// <summary>A loop whose callback blocks goes on under another thread. These tests count progress, not time.</summary>
public sealed class HandOverTests : IDisposable
{
    private readonly ManualResetEventSlim _gate = new();

    public void Dispose() => _gate.Dispose();

    [EpollFact]
    public async Task A_blocked_callback_does_not_stop_the_others()
    {
        const int blocked = 8;
        var server = new BlockingServer(_gate.Wait);
        await using var harness = Start(server);
        var clients = await server.BlockAsync(harness, blocked);
        await BlockingServer.EchoAsync(harness, 200);
        Assert.Equal(blocked, server.Blocked);
        Assert.NotEqual(0, server.BlockedLoopThreads);
        Assert.InRange(harness.Epoll.Crew.Threads, server.BlockedLoopThreads + 1, 512);
        await Eventually.TrueAsync(() => harness.Transport.HandOvers >= server.BlockedLoopThreads);
        _gate.Set();
        await BlockingServer.AnsweredAsync(clients);
        await BlockingServer.EchoAsync(harness, 200);
    }

    [EpollFact]
    public async Task A_callback_that_waits_for_a_task_does_not_stop_the_others()
    {
        var release = new TaskCompletionSource();
        var server = new BlockingServer(() => release.Task.Wait());
        await using var harness = Start(server);
        var clients = await server.BlockAsync(harness, 8);
        await BlockingServer.EchoAsync(harness, 200);
        Assert.Equal(8, server.Blocked);
        release.SetResult();
        await BlockingServer.AnsweredAsync(clients);
    }

    [EpollFact]
    public async Task Callbacks_that_wait_for_the_thread_pool_and_for_timers_do_not_stop_the_others()
    {
        const int rounds = 10;
        int turn = 0;
        var server = new BlockingServer(() =>
        {
            if (Interlocked.Increment(ref turn) % 2 == 0)
                Task.Run(() => { }).Wait();
            else
                Task.Delay(10).Wait(); // Slow on purpose: a callback that waits for a timer is what this is about.
        });
        await using var harness = Start(server);
        var blocking = Enumerable.Range(0, 4).Select(async _ =>
        {
            using var client = await harness.DialAsync();
            for (int i = 0; i < rounds; i++)
            {
                await client.SendAsync("b");
                Assert.Equal("b", await client.ReceiveTextAsync(1));
            }
        }).ToList();
        await BlockingServer.EchoAsync(harness, 200);
        await Task.WhenAll(blocking);
        Assert.Equal(4 * rounds, turn);
        await Eventually.TrueAsync(() => harness.Transport.HandOvers > 0);
    }

    [EpollFact]
    public async Task Posted_callbacks_and_timers_that_block_are_handed_over_too()
    {
        var server = new BlockingServer(_gate.Wait);
        await using var harness = Start(server);
        var loop = harness.Loops[0];
        int done = 0;
        for (int i = 0; i < 3; i++)
        {
            loop.Post(Block);
            loop.Timers.Set(new CallbackTimer(Block), loop.Clock.Milliseconds);
        }
        await BlockingServer.EchoAsync(harness, 50);
        await Eventually.TrueAsync(() => harness.Transport.HandOvers >= 6);
        Assert.Equal(0, Volatile.Read(ref done));
        _gate.Set();
        await Eventually.TrueAsync(() => Volatile.Read(ref done) == 6);

        void Block()
        {
            _gate.Wait();
            Interlocked.Increment(ref done);
        }
    }

    [EpollFact]
    public async Task Spare_threads_are_used_again()
    {
        var server = new BlockingServer(_gate.Wait);
        await using var harness = Start(server);
        var clients = await server.BlockAsync(harness, 8);
        await BlockingServer.EchoAsync(harness, 1);
        int threads = harness.Epoll.Crew.Threads;
        for (int round = 0; round < 5; round++)
        {
            _gate.Set();
            await BlockingServer.AnsweredAsync(clients);
            await Eventually.TrueAsync(() => server.Blocked == 0 && harness.Connections == 0);
            _gate.Reset();
            // Half of the spares: the other half is there for whatever else is handed over on a busy machine.
            clients = await server.BlockAsync(harness, 4);
            await BlockingServer.EchoAsync(harness, 1);
            Assert.Equal(threads, harness.Epoll.Crew.Threads);
        }
        _gate.Set();
        await BlockingServer.AnsweredAsync(clients);
    }

    [EpollFact]
    public async Task Spare_threads_that_nobody_needs_end()
    {
        var server = new BlockingServer(_gate.Wait);
        await using var harness = Start(server, options => options with { Loops = 2, SpareThreadIdleMax = TimeSpan.FromMilliseconds(20) });
        for (int round = 0; round < 3; round++)
        {
            var clients = await server.BlockAsync(harness, 6);
            await BlockingServer.EchoAsync(harness, 1);
            Assert.InRange(harness.Epoll.Crew.Threads, server.BlockedLoopThreads + 1, 512);
            _gate.Set();
            await BlockingServer.AnsweredAsync(clients);
            await Eventually.TrueAsync(() => harness.Epoll.Crew.Threads == 2);
            _gate.Reset();
        }
    }

    [EpollFact]
    public async Task At_the_limit_of_threads_a_blocked_loop_waits_says_so_and_recovers()
    {
        var server = new BlockingServer(_gate.Wait);
        await using var harness = Start(server, options => options with { ThreadsMax = 3 });
        var clients = await server.BlockAsync(harness, 3);
        await Eventually.TrueAsync(() => harness.Log.Count(3) == 1);
        Assert.Equal(3, harness.Epoll.Crew.Threads);
        var echo = BlockingServer.EchoAsync(harness, 50);
        Assert.False(echo.IsCompleted);
        _gate.Set();
        await echo;
        await BlockingServer.AnsweredAsync(clients);
        Assert.Equal(1, harness.Log.Count(3));
        Assert.Equal(3, harness.Epoll.Crew.Threads);
    }

    [EpollFact]
    public async Task A_logger_that_hears_of_the_limit_holds_nobody_up()
    {
        Harness? made = null;
        var asked = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        var log = new WaitingLogger(() => asked.TrySetResult(Task.Run(() => made!.Epoll.Crew.Threads).Wait(TimeSpan.FromSeconds(5))));
        var server = new BlockingServer(_gate.Wait);
        await using var harness = made = Start(server, options => options with { ThreadsMax = 3, Logger = log });
        var clients = await server.BlockAsync(harness, 3);
        Assert.True(await asked.Task);
        _gate.Set();
        await BlockingServer.AnsweredAsync(clients);
    }

    [EpollFact]
    public async Task Fewer_threads_than_loops_are_not_taken_literally()
    {
        var server = new BlockingServer(_gate.Wait);
        await using var harness = Start(server, options => options with { Loops = 3, ThreadsMax = 1 });
        await BlockingServer.EchoAsync(harness, 10);
        Assert.Equal(3, harness.Epoll.Crew.Threads);
    }

    [EpollFact]
    public async Task Disposal_ends_the_loops_at_once_and_completes_when_the_last_callback_returns()
    {
        var transport = new EpollTransport(new TransportOptions { Loops = 2 });
        var entered = new CountdownEvent(3);
        for (int i = 0; i < 3; i++)
        {
            transport.Loops[0].Post(() =>
            {
                entered.Signal();
                _gate.Wait();
            });
        }
        await Eventually.TrueAsync(() => entered.IsSet);
        var disposing = transport.DisposeAsync().AsTask();
        await Eventually.TrueAsync(() => transport.Crew.Threads == 3);
        Assert.False(disposing.IsCompleted);
        _gate.Set();
        await disposing;
        Assert.Equal(0, transport.Crew.Threads);
    }

    [EpollFact]
    public async Task The_watchdog_rests_while_nothing_happens_and_wakes_with_the_first_callback()
    {
        var server = new BlockingServer(_gate.Wait);
        await using var harness = Start(server);
        for (int round = 0; round < 3; round++)
        {
            await Eventually.TrueAsync(() => harness.Epoll.Watchdog.IsResting);
            long before = harness.Transport.HandOvers;
            var clients = await server.BlockAsync(harness, 1);
            await BlockingServer.EchoAsync(harness, 1);
            await Eventually.TrueAsync(() => harness.Transport.HandOvers > before);
            _gate.Set();
            await BlockingServer.AnsweredAsync(clients);
            _gate.Reset();
        }
    }

    [EpollFact]
    public async Task An_infinite_interval_switches_hand_over_off()
    {
        var server = new BlockingServer(_gate.Wait);
        await using var harness = Start(server, options => options with { HandOverInterval = Timeout.InfiniteTimeSpan });
        var clients = await server.BlockAsync(harness, 1);
        var echo = BlockingServer.EchoAsync(harness, 10);
        _gate.Set();
        await echo;
        await BlockingServer.AnsweredAsync(clients);
        Assert.Equal(0, harness.Transport.HandOvers);
        Assert.Equal(1, harness.Epoll.Crew.Threads);
    }

    private static Harness Start(BlockingServer server, Func<TransportOptions, TransportOptions>? configure = null) =>
        new(Kind.Epoll, server.RunAsync, options => configure is null ? options with { Loops = 1 } : configure(options with { Loops = 1 }));

    private sealed class CallbackTimer(Action callback) : LoopTimer
    {
        protected internal override void OnDue() => callback();
    }
}
