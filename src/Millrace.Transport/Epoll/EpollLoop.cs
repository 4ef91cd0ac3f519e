using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Sockets;
using Millrace.Transport.Epoll.Native;

namespace Millrace.Transport.Epoll;

/// <summary>
/// An event loop that blocking code cannot stop.
/// </summary>
/// <remarks>
/// <para>
/// A loop is not a thread. It is an epoll descriptor, the batch of events fetched from it and a cursor into that batch, and
/// one thread at a time leads it. What the leader must not lose when a callback blocks it stands here and not on its stack,
/// so another thread can carry on at the cursor.
/// </para>
/// <para>
/// <see cref="_word"/> says who leads and whether a callback runs: epoch (32 bits), number of the callback (31), in-callback (1).
/// The leader enters a callback with a plain write and leaves it with a compare-and-swap. <see cref="Watchdog"/> that sees
/// the same callback twice swaps the word for the next epoch and gives the loop to a spare thread. One of the two swaps wins:
/// either the leader left in time, or it finds on leaving that the epoch is over and goes to the spares. The word names the very
/// callback, so a takeover can never hit the next one by mistake.
/// </para>
/// <para>
/// Fields by owner. Leader only: <see cref="_cursor"/>, <see cref="_fetched"/>, <see cref="_events"/>. Any thread: the target table (under its lock; read without it), the queue, the word (by swaps).
/// </para>
/// </remarks>
internal sealed class EpollLoop : EventLoop
{
    private const ulong InCallback = 1;
    private const ulong OneCallback = 2;
    private const ulong OneEpoch = 1UL << 32;
    private const ulong EpochMask = ~(OneEpoch - 1);

    // A thousand clients that are all sent something must let events through.
    private const int PostedPerBatch = 32;

    // So must a thousand whose time runs out together: to end a connection takes as long as many requests, most of it in the kernel.
    private static readonly TimeSpan TimersPerBatch = TimeSpan.FromMicroseconds(100);

    private readonly EpollTransport _transport;
    private readonly int _epoll = Libc.EpollCreate();
    private readonly int _wakeUp = -1;
    private readonly EpollEvents _events = new();
    private readonly ConcurrentQueue<Action> _posted = new();
    private readonly Lock _targetsLock = new();
    private IReadinessTarget?[] _targets = new IReadinessTarget?[64];

    private int _cursor;
    private int _fetched;
    private ulong _word;
    private bool _sleeping;
    private volatile bool _stopping;
    private uint _batches;
    private int _leaderThread;

    public EpollLoop(EpollTransport transport, TimeProvider timeProvider) : base(timeProvider)
    {
        _transport = transport;
        try
        {
            _wakeUp = Libc.EventFd();
            Libc.EpollControl(_epoll, Libc.EPOLL_CTL_ADD, _wakeUp, Libc.EPOLLIN | Libc.EPOLLET, DataOf(_wakeUp, 0));
        }
        catch (SocketException)
        {
            Free();
            throw;
        }
    }

    /// <summary>Changes with every batch: an idle loop has nothing to watch over.</summary>
    public uint Batches => Volatile.Read(ref _batches);

    // Order matters: a new leader writes its thread before it enters a callback, so a word in a callback goes with this thread or a later one.
    public override bool IsLedByCaller => IsInCallback(Word) && Volatile.Read(ref _leaderThread) == Environment.CurrentManagedThreadId;

    /// <summary>The word that the watchdog compares; see <see cref="TryTakeOver"/>.</summary>
    public ulong Word => Volatile.Read(ref _word);

    public static bool IsInCallback(ulong word) => (word & InCallback) != 0;

    /// <summary>Ends the leadership of whoever is in the callback that <paramref name="word"/> names; the new epoch, or null if it left meanwhile.</summary>
    public ulong? TryTakeOver(ulong word)
    {
        ulong next = (word & EpochMask) + OneEpoch;
        return Interlocked.CompareExchange(ref _word, next, word) == word ? next : null;
    }

    /// <summary>Leads the loop until it stops or, in a callback, loses it to another thread. True if it stopped.</summary>
    public bool Lead(ulong word)
    {
        Volatile.Write(ref _leaderThread, Environment.CurrentManagedThreadId);
        while (true)
        {
            while (_cursor < _fetched)
            {
                AssertLeader();
                var (events, data) = _events[_cursor++];
                Enter(ref word);
                Dispatch(events, data);
                if (!TryLeave(ref word))
                    return false;
            }
            // Only what was there when the batch ended: a callback that posts itself again must let events through.
            for (int n = Math.Min(_posted.Count, PostedPerBatch); n > 0 && _posted.TryDequeue(out var callback); n--)
            {
                if (!TryRun(callback, ref word))
                    return false;
            }
            if (!TryRunTimers(ref word))
                return false;
            if (_stopping && _posted.IsEmpty)
                return true;
            AssertLeader();
            Fetch();
        }
    }

    public override void StepAside()
    {
        ulong word = Word;
        if (IsInCallback(word) && Volatile.Read(ref _leaderThread) == Environment.CurrentManagedThreadId)
            _transport.Crew.TryTakeOver(this, word);
    }

    public override void Post(Action callback)
    {
        _posted.Enqueue(callback);
        WakeUp();
    }

    public void Stop()
    {
        _stopping = true;
        Libc.Signal(_wakeUp);
    }

    /// <summary>Gives the descriptors back. Only when no thread leads any more: <see cref="Stop"/> itself may still be signalling while the loop ends.</summary>
    public void Free()
    {
        _events.Free();
        Libc.Close(_wakeUp);
        Libc.Close(_epoll);
    }

    /// <summary>False if the kernel has no memory to watch one more descriptor (epoll_ctl(2): ENOMEM, ENOSPC).</summary>
    public bool TryAddConnection(EpollConnection connection)
    {
        try
        {
            Add(connection, Libc.EPOLLIN | Libc.EPOLLRDHUP | Libc.EPOLLET);
        }
        catch (SocketException)
        {
            Forget(connection.Descriptor);
            return false;
        }
        AddConnection();
        return true;
    }

    public void Add(IReadinessTarget target, uint events)
    {
        int fd = target.Descriptor;
        lock (_targetsLock)
        {
            if (fd >= _targets.Length)
            {
                var larger = new IReadinessTarget?[Math.Max(fd + 1, _targets.Length * 2)];
                _targets.CopyTo(larger, 0);
                Volatile.Write(ref _targets, larger);
            }
            Volatile.Write(ref _targets[fd], target);
        }
        Libc.EpollControl(_epoll, Libc.EPOLL_CTL_ADD, fd, events, DataOf(fd, target.Generation));
    }

    public void WatchWrites(EpollConnection connection) =>
        Libc.EpollControl(_epoll, Libc.EPOLL_CTL_MOD, connection.Descriptor, Libc.EPOLLIN | Libc.EPOLLOUT | Libc.EPOLLRDHUP | Libc.EPOLLET,
            DataOf(connection.Descriptor, connection.Generation));

    /// <summary>Forgets a connection whose descriptor is closed next; closing takes it out of epoll.</summary>
    public void Remove(EpollConnection connection)
    {
        Forget(connection.Descriptor);
        RemoveConnection();
    }

    /// <summary>Stops watching a descriptor that stays open, if it was watched.</summary>
    public void Unwatch(IReadinessTarget target)
    {
        Forget(target.Descriptor);
        Libc.EpollForget(_epoll, target.Descriptor);
    }

    protected override void OnEarlierTimer() => WakeUp();

    // Whoever touches what is the leader's alone must still lead: a thread that went on after it lost the loop shows here.
    [Conditional("DEBUG")]
    private void AssertLeader() => Debug.Assert(_leaderThread == Environment.CurrentManagedThreadId, "Two threads lead one loop.");

    private static ulong DataOf(int fd, uint generation) => (ulong)generation << 32 | (uint)fd;

    private void Forget(int fd)
    {
        lock (_targetsLock)
        {
            if (fd < _targets.Length)
                Volatile.Write(ref _targets[fd], null);
        }
    }

    private void Enter(ref ulong word)
    {
        // The number of the callback may run over into no other field: it starts again at zero.
        word = (word & EpochMask) | (uint)(word + OneCallback) | InCallback;
        Volatile.Write(ref _word, word);
    }

    private bool TryLeave(ref ulong word)
    {
        ulong left = word & ~InCallback;
        bool kept = Interlocked.CompareExchange(ref _word, left, word) == word;
        word = left;
        return kept;
    }

    private void Dispatch(uint events, ulong data)
    {
        int fd = (int)(uint)data;
        if (fd == _wakeUp)
        {
            Libc.Unsignal(_wakeUp);
            return;
        }
        // The table may lag behind: the generation in the event proves that it belongs to this use of the number.
        if (Volatile.Read(ref _targets[fd]) is not { } target || target.Generation != (uint)(data >> 32))
            return;
        try
        {
            target.OnEvents(events);
        }
        catch (Exception e)
        {
            _transport.Logger.CallbackFailed(e);
        }
    }

    private bool TryRun(Action callback, ref ulong word)
    {
        AssertLeader();
        Enter(ref word);
        try
        {
            callback();
        }
        catch (Exception e)
        {
            _transport.Logger.CallbackFailed(e);
        }
        return TryLeave(ref word);
    }

    /// <summary>Runs what has come due, for a while; false if the loop was lost.</summary>
    private bool TryRunTimers(ref ulong word)
    {
        long? began = null;
        while (Timers.TakeDue(Clock.Milliseconds) is { } timer)
        {
            began ??= Clock.TimeProvider.GetTimestamp();
            if (!TryRun(timer.OnDue, ref word))
                return false;
            if (Clock.TimeProvider.GetElapsedTime(began.Value) >= TimersPerBatch)
                break;
        }
        return true;
    }

    private void Fetch()
    {
        Volatile.Write(ref _sleeping, true);
        // Pairs with the fence in WakeUp: either we see what was queued, or they see us sleeping.
        Interlocked.MemoryBarrier();
        int timeout = _posted.IsEmpty && !_stopping ? Timers.MillisecondsUntilDue(Clock.Milliseconds) : 0;
        _cursor = 0;
        _fetched = 0;
        _fetched = Libc.EpollWait(_epoll, _events, timeout);
        Volatile.Write(ref _sleeping, false);
        Volatile.Write(ref _batches, _batches + 1);
        _transport.Watchdog.NoteActivity();
    }

    private void WakeUp()
    {
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _sleeping))
            Libc.Signal(_wakeUp);
    }
}
