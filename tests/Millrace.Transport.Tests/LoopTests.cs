using System.Collections.Concurrent;
using System.Diagnostics;
using Millrace.Transport.Clock;
using Millrace.Transport.Tests.Support;

namespace Millrace.Transport.Tests;

/// <summary>What a loop does beside connections: posted callbacks and timers.</summary>
public sealed class LoopTests
{
    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task Callbacks_posted_from_many_threads_all_run(Kind kind)
    {
        const int threads = 4;
        const int each = 20_000;
        await using var harness = new Harness(kind);
        var loop = harness.Loops[0];
        using var run = new CountdownEvent(threads * each);
        var posting = Enumerable.Range(0, threads).Select(_ => Task.Run(() =>
        {
            for (int i = 0; i < each; i++)
                loop.Post(() => run.Signal());
        }));
        await Task.WhenAll(posting);
        await Eventually.TrueAsync(() => run.IsSet);
    }

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task A_callback_that_posts_itself_for_ever_lets_events_through(Kind kind)
    {
        await using var harness = new Harness(kind, Flows.EchoAsync, options => options with { Loops = 1 });
        var loop = harness.Loops[0];
        bool stop = false;
        long rounds = 0;
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        loop.Post(Again);
        using (var client = await harness.DialAsync())
        {
            for (int i = 0; i < 20; i++)
            {
                await client.SendAsync("ping");
                Assert.Equal("ping", await client.ReceiveTextAsync(4));
            }
        }
        Volatile.Write(ref stop, true);
        await ended.Task;
        Assert.NotEqual(0, rounds);

        void Again()
        {
            rounds++;
            if (Volatile.Read(ref stop))
                ended.SetResult();
            else
                loop.Post(Again);
        }
    }

    [EpollFact]
    public async Task Many_timers_that_are_due_at_once_let_a_posted_callback_through()
    {
        const int count = 1000;
        await using var harness = new Harness(Kind.Epoll, Flows.EchoAsync, options => options with { Loops = 1, HandOverInterval = Timeout.InfiniteTimeSpan });
        var loop = harness.Loops[0];
        int run = 0;
        int before = 0;
        var timers = Enumerable.Range(0, count).Select(_ => new Recorder(loop, OnTimer)).ToList();
        loop.Post(() => timers.ForEach(timer => loop.Timers.Set(timer, loop.Clock.Milliseconds)));
        await Task.WhenAll(timers.Select(timer => timer.RanAt));
        Assert.InRange(before, 1, count / 2);

        void OnTimer()
        {
            Spin();
            if (++run == 1)
                loop.Post(() => before = run);
        }
    }

    [EpollFact]
    public async Task Many_posted_callbacks_let_a_timer_that_is_due_through()
    {
        const int count = 1000;
        await using var harness = new Harness(Kind.Epoll, Flows.EchoAsync, options => options with { Loops = 1, HandOverInterval = Timeout.InfiniteTimeSpan });
        var loop = harness.Loops[0];
        int run = 0;
        int before = count;
        var last = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var timer = new Recorder(loop, () => before = run);
        loop.Post(() =>
        {
            loop.Timers.Set(timer, loop.Clock.Milliseconds);
            for (int i = 0; i < count; i++)
                loop.Post(OnPosted);
        });
        await last.Task;
        await timer.RanAt;
        Assert.InRange(before, 0, count / 2);

        void OnPosted()
        {
            Spin();
            if (++run == count)
                last.SetResult();
        }
    }

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task A_callback_that_throws_is_logged_and_the_loop_goes_on(Kind kind)
    {
        var log = new RecordingLogger();
        await using var harness = new Harness(kind, Flows.EchoAsync, options => options with { Loops = 1, Logger = log });
        harness.Loops[0].Post(() => throw new InvalidOperationException("thrown on purpose"));
        var timer = new Recorder(harness.Loops[0], () => throw new InvalidOperationException("thrown on purpose, too"));
        harness.Loops[0].Timers.Set(timer, harness.Loops[0].Clock.Milliseconds);
        await Eventually.TrueAsync(() => log.Count(1) == 2);
        Assert.False(timer.RanAt.IsCompleted);
        using var client = await harness.DialAsync();
        await client.SendAsync("ping");
        Assert.Equal("ping", await client.ReceiveTextAsync(4));
    }

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task A_timer_runs_not_before_its_deadline_and_an_earlier_one_overtakes(Kind kind)
    {
        await using var harness = new Harness(kind);
        foreach (var loop in harness.Loops)
        {
            var order = new ConcurrentQueue<string>();
            var late = new Recorder(loop, () => order.Enqueue("late"));
            var early = new Recorder(loop, () => order.Enqueue("early"));
            var cleared = new Recorder(loop, () => order.Enqueue("cleared"));
            long now = loop.Clock.Milliseconds;
            loop.Timers.Set(late, now + 120);
            loop.Timers.Set(cleared, now + 40);
            loop.Timers.Set(early, now + 30);
            TimerWheel.Clear(cleared);
            Assert.True(await late.RanAt >= now + 120);
            Assert.True(await early.RanAt >= now + 30);
            Assert.Equal(["early", "late"], order);
        }
    }

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task A_timer_set_from_any_thread_wakes_an_idle_loop(Kind kind)
    {
        await using var harness = new Harness(kind);
        var loop = harness.Loops[0];
        for (int i = 0; i < 50; i++)
        {
            var timer = new Recorder(loop);
            await Task.Run(() => loop.Timers.Set(timer, loop.Clock.Milliseconds + i % 5));
            await timer.RanAt;
        }
    }

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task Timers_set_from_many_threads_at_once_all_run(Kind kind)
    {
        await using var harness = new Harness(kind);
        var loop = harness.Loops[0];
        for (int round = 0; round < 5; round++)
        {
            var setting = Enumerable.Range(0, 4).Select(seed => Task.Run(() =>
            {
                var random = new Random(seed);
                var timers = Enumerable.Range(0, 500).Select(_ => new Recorder(loop)).ToList();
                foreach (var timer in timers)
                    loop.Timers.Set(timer, loop.Clock.Milliseconds + random.Next(200));
                return timers;
            }));
            foreach (var timers in await Task.WhenAll(setting))
                await Task.WhenAll(timers.Select(timer => timer.RanAt));
        }
    }

    // A thousand of these take several ticks of the timers' wheel.
    private static void Spin()
    {
        long start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < TimeSpan.FromMilliseconds(0.1))
        {
        }
    }

    private sealed class Recorder(EventLoop loop, Action? then = null) : LoopTimer
    {
        private readonly TaskCompletionSource<long> _ranAt = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<long> RanAt => _ranAt.Task;

        protected internal override void OnDue()
        {
            long now = loop.Clock.Milliseconds;
            then?.Invoke();
            _ranAt.SetResult(now);
        }
    }
}
