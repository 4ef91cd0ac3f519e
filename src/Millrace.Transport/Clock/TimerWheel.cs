namespace Millrace.Transport.Clock;

/// <summary>
/// A hashed timer wheel that expects deadlines to be moved far more often than to be met.
/// </summary>
/// <remarks>
/// A connection moves its deadline several times a request, mostly further away. So a timer that already stands in
/// a slot before its new deadline is left there: <see cref="Set"/> is then one interlocked write and no lock. When that
/// slot comes round, <see cref="TakeDue"/> sees the later deadline and moves the timer on; a timer that was
/// cleared meanwhile leaves the wheel. A timer is late by one tick at most, never early.
/// </remarks>
internal sealed class TimerWheel
{
    private const int TickMilliseconds = 16;
    private const int SlotCount = 512;

    private readonly Lock _lock = new();
    private readonly LoopTimer?[] _slots = new LoopTimer?[SlotCount];
    private readonly Action _onEarlier;
    private long _currentTick;
    private long _earliestTick = LoopTimer.Never;

    public TimerWheel(long nowMilliseconds, Action onEarlier)
    {
        _currentTick = nowMilliseconds / TickMilliseconds;
        _onEarlier = onEarlier;
    }

    /// <summary>Sets or moves the deadline, in milliseconds of the loop's clock. Any thread.</summary>
    public void Set(LoopTimer timer, long deadline)
    {
        // The fence pairs with the one in TakeDue: either this sees the timer taken out, or that sees the new deadline.
        Interlocked.Exchange(ref timer.Deadline, deadline);
        if (Volatile.Read(ref timer.ScheduledTick) <= TickOf(deadline))
            return;
        bool earlier;
        lock (_lock)
        {
            if (timer.ScheduledTick <= TickOf(deadline))
                return;
            if (timer.ScheduledTick != LoopTimer.Never)
                Unlink(timer);
            earlier = Link(timer, deadline);
        }
        if (earlier)
            _onEarlier();
    }

    /// <summary>Takes the deadline back; the timer leaves the wheel when its slot comes round.</summary>
    public static void Clear(LoopTimer timer) => Volatile.Write(ref timer.Deadline, LoopTimer.Never);

    /// <summary>Takes the timer out of the wheel at once, so that nothing refers to its owner.</summary>
    public void Remove(LoopTimer timer)
    {
        lock (_lock)
        {
            timer.Deadline = LoopTimer.Never;
            if (timer.ScheduledTick != LoopTimer.Never)
                Unlink(timer);
        }
    }

    /// <summary>Milliseconds until <see cref="TakeDue"/> has something to look at: 0 if it has, -1 if nothing is set.</summary>
    public int MillisecondsUntilDue(long now)
    {
        long tick = Volatile.Read(ref _earliestTick);
        if (tick == LoopTimer.Never)
            return -1;
        return (int)Math.Clamp(tick * TickMilliseconds - now, 0, int.MaxValue);
    }

    /// <summary>The next timer whose deadline has passed, taken out of the wheel, or null.</summary>
    public LoopTimer? TakeDue(long now)
    {
        long nowTick = now / TickMilliseconds;
        if (Volatile.Read(ref _earliestTick) > nowTick)
            return null;
        lock (_lock)
        {
            // After a long sleep one round visits every slot; more would visit them twice.
            _currentTick = Math.Max(_currentTick, nowTick - SlotCount + 1);
            for (; _currentTick <= nowTick; _currentTick++)
            {
                for (var timer = _slots[_currentTick % SlotCount]; timer is not null;)
                {
                    var next = timer.Next;
                    if (timer.ScheduledTick <= nowTick && TakeOrMove(timer, now))
                        return timer;
                    timer = next;
                }
            }
            _currentTick = nowTick;
            _earliestTick = FindEarliest();
        }
        return null;
    }

    private bool TakeOrMove(LoopTimer timer, long now)
    {
        Unlink(timer);
        Interlocked.MemoryBarrier();
        while (true)
        {
            long deadline = Volatile.Read(ref timer.Deadline);
            if (deadline == LoopTimer.Never)
                return false;
            if (deadline > now)
            {
                Link(timer, deadline);
                return false;
            }
            if (Interlocked.CompareExchange(ref timer.Deadline, LoopTimer.Never, deadline) == deadline)
                return true;
        }
    }

    // A tick is due when it has begun, so a deadline belongs to the tick after the one it falls in.
    private static long TickOf(long deadline) => deadline == LoopTimer.Never ? LoopTimer.Never : deadline / TickMilliseconds + 1;

    private bool Link(LoopTimer timer, long deadline)
    {
        long tick = Math.Max(TickOf(deadline), _currentTick + 1);
        ref var slot = ref _slots[tick % SlotCount];
        timer.Previous = null;
        timer.Next = slot;
        if (slot is not null)
            slot.Previous = timer;
        slot = timer;
        Volatile.Write(ref timer.ScheduledTick, tick);
        if (tick >= _earliestTick)
            return false;
        Volatile.Write(ref _earliestTick, tick);
        return true;
    }

    private void Unlink(LoopTimer timer)
    {
        if (timer.Previous is not null)
            timer.Previous.Next = timer.Next;
        else
            _slots[timer.ScheduledTick % SlotCount] = timer.Next;
        if (timer.Next is not null)
            timer.Next.Previous = timer.Previous;
        timer.Next = timer.Previous = null;
        Volatile.Write(ref timer.ScheduledTick, LoopTimer.Never);
    }

    // A timer further away than one round makes the loop look once a round: cheaper than knowing better.
    private long FindEarliest()
    {
        for (long tick = _currentTick + 1; tick <= _currentTick + SlotCount; tick++)
        {
            if (_slots[tick % SlotCount] is not null)
                return tick;
        }
        return LoopTimer.Never;
    }
}
