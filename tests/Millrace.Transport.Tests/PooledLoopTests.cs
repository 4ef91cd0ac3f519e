using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Millrace.Testing;
using Millrace.Transport.Clock;
using Millrace.Transport.Tests.Support;

namespace Millrace.Transport.Tests;

/// <summary>Loops without a thread are driven by the time provider alone.</summary>
public sealed class PooledLoopTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Timers_of_the_in_memory_loop_run_inside_the_call_that_moves_time_on()
    {
        using var loop = new InMemoryLoop(_time, NullLogger.Instance);
        var timer = new Counter();
        loop.Timers.Set(timer, loop.Clock.Milliseconds + 30_000);
        _time.Advance(TimeSpan.FromMilliseconds(29_999));
        Assert.Equal(0, timer.Count);
        _time.Advance(TimeSpan.FromMilliseconds(17));
        Assert.Equal(1, timer.Count);
        _time.Advance(TimeSpan.FromDays(1));
        Assert.Equal(1, timer.Count);
    }

    [Fact]
    public void A_timer_that_sets_itself_again_runs_at_each_deadline()
    {
        using var loop = new InMemoryLoop(_time, NullLogger.Instance);
        var timer = new Counter();
        timer.Then = () => loop.Timers.Set(timer, loop.Clock.Milliseconds + 1000);
        loop.Timers.Set(timer, loop.Clock.Milliseconds + 1000);
        for (int i = 0; i < 10; i++)
            _time.Advance(TimeSpan.FromMilliseconds(1100));
        Assert.Equal(10, timer.Count);
    }

    [Fact]
    public void An_earlier_timer_moves_the_wake_up_forward_and_a_later_one_does_not_move_it_back()
    {
        using var loop = new InMemoryLoop(_time, NullLogger.Instance);
        var (early, late, latest) = (new Counter(), new Counter(), new Counter());
        long now = loop.Clock.Milliseconds;
        loop.Timers.Set(late, now + 5000);
        loop.Timers.Set(early, now + 1000);
        loop.Timers.Set(latest, now + 9000);
        _time.Advance(TimeSpan.FromMilliseconds(1016));
        Assert.Equal((1, 0, 0), (early.Count, late.Count, latest.Count));
        _time.Advance(TimeSpan.FromMilliseconds(4000));
        Assert.Equal((1, 1, 0), (early.Count, late.Count, latest.Count));
        _time.Advance(TimeSpan.FromMilliseconds(4000));
        Assert.Equal((1, 1, 1), (early.Count, late.Count, latest.Count));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_due_callback_that_blocks_does_not_hold_up_the_other_timers()
    {
        using var loop = new PooledLoop(_time, NullLogger.Instance);
        using var gate = new ManualResetEventSlim();
        var blocked = new Counter { Then = gate.Wait };
        var other = new Counter();
        long now = loop.Clock.Milliseconds;
        loop.Timers.Set(blocked, now);
        loop.Timers.Set(other, now);
        _time.Advance(TimeSpan.FromMilliseconds(16));
        await Eventually.TrueAsync(() => blocked.Count == 1 && other.Count == 1);
        gate.Set();
    }

    [Fact]
    public void A_loop_that_is_gone_keeps_no_timer()
    {
        var loop = new InMemoryLoop(_time, NullLogger.Instance);
        var timer = new Counter();
        loop.Timers.Set(timer, loop.Clock.Milliseconds + 1000);
        loop.Dispose();
        _time.Advance(TimeSpan.FromDays(1));
        Assert.Equal(0, timer.Count);
    }

    private sealed class Counter : LoopTimer
    {
        private int _count;

        public int Count => Volatile.Read(ref _count);

        public Action? Then { get; set; }

        protected internal override void OnDue()
        {
            Interlocked.Increment(ref _count);
            Then?.Invoke();
        }
    }
}
