using System.Collections.Concurrent;
using Millrace.Transport.Clock;

namespace Millrace.Transport.Tests;

/// <summary>The wheel by itself, with time moved by hand. Its tick is 16 ms, its round 8,192 ms.</summary>
public sealed class TimerWheelTests
{
    private const int Tick = 16;
    private const int Round = 512 * Tick;

    private readonly TimerWheel _wheel;
    private int _earlier;

    public TimerWheelTests() => _wheel = new TimerWheel(0, () => _earlier++);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(100)]
    [InlineData(Round - 1)]
    [InlineData(Round)]
    [InlineData(Round + 1)]
    [InlineData(3 * Round + 7)]
    [InlineData(1_000_000_007)]
    public void A_timer_is_never_early_and_at_most_one_tick_late(long deadline)
    {
        var timer = new Timer("a");
        _wheel.Set(timer, deadline);
        long now = RunUntilDue(timer);
        Assert.InRange(now, deadline, deadline + Tick);
        Assert.Null(_wheel.TakeDue(now + Round));
        Assert.Equal(-1, _wheel.MillisecondsUntilDue(now + Round));
    }

    [Fact]
    public void Timers_come_out_in_the_order_of_their_ticks()
    {
        var random = new Random(5);
        var timers = Enumerable.Range(0, 500).Select(i => new Timer($"{i}") { At = random.Next(3 * Round) }).ToArray();
        foreach (var timer in timers)
            _wheel.Set(timer, timer.At);
        var due = new List<Timer>();
        for (long now = 0; now < 4 * Round; now += Tick)
            TakeAll(now, due);
        Assert.Equal(timers.Length, due.Count);
        Assert.Equal(due.Select(timer => timer.At / Tick).Order(), due.Select(timer => timer.At / Tick));
    }

    [Fact]
    public void After_a_long_sleep_every_timer_that_is_due_comes_out_once()
    {
        var timers = Enumerable.Range(0, 100).Select(i => new Timer($"{i}")).ToArray();
        for (int i = 0; i < timers.Length; i++)
            _wheel.Set(timers[i], i * 300);
        var due = new List<Timer>();
        TakeAll(100 * Round, due);
        Assert.Equal(timers.Length, due.Distinct().Count());
        Assert.Equal(timers.Length, due.Count);
        Assert.Equal(-1, _wheel.MillisecondsUntilDue(100 * Round));
    }

    [Fact]
    public void Moving_a_deadline_further_away_costs_no_wake_up_and_holds()
    {
        var timer = new Timer("a");
        _wheel.Set(timer, 100);
        Assert.Equal(1, _earlier);
        _wheel.Set(timer, 500);
        _wheel.Set(timer, 1000);
        Assert.Equal(1, _earlier);
        Assert.Null(_wheel.TakeDue(100 + Tick));
        Assert.Null(_wheel.TakeDue(999));
        Assert.Same(timer, _wheel.TakeDue(1000 + Tick));
    }

    [Fact]
    public void Moving_a_deadline_closer_wakes_and_holds()
    {
        var timer = new Timer("a");
        _wheel.Set(timer, 5 * Round);
        _wheel.Set(timer, 100);
        Assert.Equal(2, _earlier);
        Assert.InRange(_wheel.MillisecondsUntilDue(0), 100, 100 + Tick);
        Assert.Same(timer, _wheel.TakeDue(100 + Tick));
        Assert.Null(_wheel.TakeDue(6 * Round));
    }

    [Fact]
    public void A_later_timer_than_the_earliest_wakes_nobody()
    {
        _wheel.Set(new Timer("a"), 100);
        _wheel.Set(new Timer("b"), 200);
        _wheel.Set(new Timer("c"), 100 + Round);
        Assert.Equal(1, _earlier);
    }

    [Fact]
    public void A_cleared_timer_never_comes_out_and_can_be_set_again()
    {
        var timer = new Timer("a");
        _wheel.Set(timer, 100);
        TimerWheel.Clear(timer);
        Assert.Null(_wheel.TakeDue(1000));
        Assert.Equal(-1, _wheel.MillisecondsUntilDue(1000));
        _wheel.Set(timer, 2000);
        TimerWheel.Clear(timer);
        _wheel.Set(timer, 3000);
        Assert.Null(_wheel.TakeDue(2000 + Tick));
        Assert.Same(timer, _wheel.TakeDue(3000 + Tick));
    }

    [Fact]
    public void A_removed_timer_leaves_no_trace()
    {
        var timers = Enumerable.Range(0, 5).Select(i => new Timer($"{i}")).ToArray();
        foreach (var timer in timers)
            _wheel.Set(timer, 100);
        foreach (int i in new[] { 0, 2, 4 })
            _wheel.Remove(timers[i]);
        _wheel.Remove(timers[2]);
        var due = new List<Timer>();
        TakeAll(1000, due);
        Assert.Equal(["1", "3"], due.Select(timer => timer.Name).Order());
    }

    [Fact]
    public void A_timer_may_be_set_again_when_it_comes_out_and_so_not_twice_in_one_look()
    {
        var timer = new Timer("a");
        _wheel.Set(timer, 100);
        long now = 200;
        for (int i = 0; i < 1000; i++)
        {
            Assert.Same(timer, _wheel.TakeDue(now));
            _wheel.Set(timer, now);
            Assert.Null(_wheel.TakeDue(now));
            now += Tick;
        }
    }

    [Fact]
    public void A_timer_set_for_the_past_comes_out_in_the_next_tick()
    {
        Assert.Null(_wheel.TakeDue(50 * Round));
        var timer = new Timer("a");
        _wheel.Set(timer, 3);
        Assert.Same(timer, _wheel.TakeDue(50 * Round + Tick));
    }

    [Fact(Timeout = 30_000)]
    public async Task Timers_set_from_other_threads_while_the_loop_takes_are_neither_lost_nor_early()
    {
        const int threads = 3;
        const int rounds = 30_000;
        long now = 0;
        int setters = threads;
        var pending = new ConcurrentQueue<Timer>();
        var setting = Enumerable.Range(0, threads).Select(seed => Task.Run(() =>
        {
            var random = new Random(seed);
            var timers = Enumerable.Range(0, 20).Select(i => new Timer($"{seed}/{i}")).ToArray();
            for (int i = 0; i < rounds; i++)
            {
                var timer = timers[random.Next(timers.Length)];
                // Written before the wheel can give the timer out, so that whoever takes it sees at least this one.
                long deadline = Volatile.Read(ref now) + random.Next(2 * Round);
                lock (timer)
                {
                    timer.At = deadline;
                    _wheel.Set(timer, deadline);
                }
            }
            foreach (var timer in timers)
                pending.Enqueue(timer);
            Interlocked.Decrement(ref setters);
        })).ToArray();
        while (Volatile.Read(ref setters) > 0)
        {
            long time = Interlocked.Add(ref now, 5);
            while (_wheel.TakeDue(time) is Timer timer)
            {
                lock (timer)
                    timer.TakenAt = time;
            }
        }
        await Task.WhenAll(setting);
        for (long end = now + 3 * Round; now < end; now += Tick)
        {
            while (_wheel.TakeDue(now) is Timer timer)
                timer.TakenAt = now;
        }
        Assert.All(pending, timer => Assert.True(timer.TakenAt >= timer.At, $"{timer.Name}: set for {timer.At}, last taken at {timer.TakenAt}."));
        Assert.Equal(-1, _wheel.MillisecondsUntilDue(now));
    }

    private long RunUntilDue(Timer timer)
    {
        // As a loop does it: sleeps until the wheel has something to look at, looks, sleeps again.
        long now = 0;
        while (true)
        {
            if (_wheel.TakeDue(now) is { } due)
            {
                Assert.Same(timer, due);
                return now;
            }
            int wait = _wheel.MillisecondsUntilDue(now);
            Assert.True(wait > 0);
            now += wait;
        }
    }

    private void TakeAll(long now, List<Timer> due)
    {
        while (_wheel.TakeDue(now) is Timer timer)
        {
            Assert.True(timer.At <= now);
            due.Add(timer);
        }
    }

    private sealed class Timer(string name) : LoopTimer
    {
        public string Name => name;

        public long At { get; set; }

        public long TakenAt { get; set; } = -1;

        protected internal override void OnDue() => throw new NotSupportedException();
    }
}
