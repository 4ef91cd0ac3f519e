namespace Millrace.Transport.Clock;

/// <summary>Something with a deadline: a node that lives in a <see cref="TimerWheel"/> while it is set.</summary>
internal abstract class LoopTimer
{
    internal const long Never = long.MaxValue;

    // Written by whoever owns the timer, with a full fence (see TimerWheel.Set).
    internal long Deadline = Never;

    // Owned by the wheel, under its lock; read without it by Set.
    internal long ScheduledTick = Never;
    internal LoopTimer? Next;
    internal LoopTimer? Previous;

    /// <summary>Runs on the loop once the deadline has passed. It may set the timer again.</summary>
    protected internal abstract void OnDue();
}
