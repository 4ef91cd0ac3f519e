using Millrace.Transport.Buffers;
using Millrace.Transport.Clock;

namespace Millrace.Transport;

/// <summary>Where callbacks of a share of the connections run: their timers, their buffers, and a queue for work from elsewhere.</summary>
internal abstract class EventLoop
{
    private int _connections;

    protected EventLoop(TimeProvider timeProvider)
    {
        Clock = new LoopClock(timeProvider);
        Timers = new TimerWheel(Clock.Milliseconds, OnEarlierTimer);
        Buffers = new BufferPool(this);
    }

    public LoopClock Clock { get; }

    public TimerWheel Timers { get; }

    public BufferPool Buffers { get; }

    /// <summary>Number of open connections, for the choice of the least busy loop.</summary>
    public int Connections => Volatile.Read(ref _connections);

    public static TLoop LeastBusy<TLoop>(IReadOnlyList<TLoop> loops)
        where TLoop : EventLoop
    {
        var least = loops[0];
        for (int i = 1; i < loops.Count; i++)
        {
            if (loops[i].Connections < least.Connections)
                least = loops[i];
        }
        return least;
    }

    public void AddConnection() => Interlocked.Increment(ref _connections);

    public void RemoveConnection() => Interlocked.Decrement(ref _connections);

    /// <summary>Runs <paramref name="callback"/> soon, after what is already waiting.</summary>
    public abstract void Post(Action callback);

    /// <summary>True on the thread that leads this loop now: what blocks here holds up every connection of the loop. Never so on a loop without a thread of its own.</summary>
    public virtual bool IsLedByCaller => false;

    /// <summary>For a callback that is about to block: gives the loop to another thread at once. The caller goes on, and rests when it returns.</summary>
    public virtual void StepAside()
    {
    }

    /// <summary>Awaited, it lets the loop's other callbacks run first.</summary>
    public LoopYield YieldAsync() => new(this);

    /// <summary>A timer was set that is due before all others: whoever sleeps must wake for it.</summary>
    protected abstract void OnEarlierTimer();
}
