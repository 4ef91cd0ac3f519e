namespace Millrace.Transport.Epoll;

/// <summary>
/// Looks at every loop every few milliseconds and gives a loop whose callback has not ended since the last look to a spare thread.
/// </summary>
/// <remarks>
/// It sleeps for good while no loop does anything, so an idle server costs nothing. A look that comes much too late is
/// only noted: the whole process stood still (garbage collection, a starved machine), so an unchanged callback proves nothing.
/// </remarks>
internal sealed class Watchdog : IDisposable
{
    private const int QuietLooksBeforeRest = 100;

    private readonly EpollTransport _transport;
    private readonly TimeProvider _timeProvider;
    private readonly TimeSpan _interval;
    private readonly ulong[] _seen;
    private readonly AutoResetEvent _wakeUp = new(false);
    private readonly Thread _thread;
    private bool _resting;
    private volatile bool _stopping;
    private long _handOvers;

    public Watchdog(EpollTransport transport, TransportOptions options)
    {
        _transport = transport;
        _timeProvider = options.TimeProvider;
        _interval = options.HandOverInterval;
        _seen = new ulong[options.LoopCount];
        _thread = new Thread(Watch) { IsBackground = true, Name = "Millrace watchdog" };
    }

    public long HandOvers => Volatile.Read(ref _handOvers);

    /// <summary>No loop has had anything to do for a while, so nobody looks.</summary>
    public bool IsResting => Volatile.Read(ref _resting);

    public void Start()
    {
        if (_interval != Timeout.InfiniteTimeSpan)
            _thread.UnsafeStart();
    }

    /// <summary>Ends the watch, be it begun or not.</summary>
    public void Dispose()
    {
        _stopping = true;
        _wakeUp.Set();
        if (_thread.IsAlive)
            _thread.Join();
        _wakeUp.Dispose();
    }

    /// <summary>A loop has work: the watch must go on.</summary>
    public void NoteActivity()
    {
        // Pairs with the fence in RestAsLongAsQuiet: either this sees the rest, or that sees the batch.
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _resting))
            _wakeUp.Set();
    }

    private void Watch()
    {
        uint batches = 0;
        int quietLooks = 0;
        while (!_stopping)
        {
            long lookedAt = _timeProvider.GetTimestamp();
            Thread.Sleep(_interval);
            bool inTime = _timeProvider.GetElapsedTime(lookedAt) < 3 * _interval;
            if (Look(inTime) | batches != (batches = Batches()))
                quietLooks = 0;
            else if (++quietLooks > QuietLooksBeforeRest)
                RestAsLongAsQuiet(batches);
        }
    }

    private uint Batches()
    {
        uint sum = 0;
        foreach (var loop in _transport.Loops)
            sum += loop.Batches;
        return sum;
    }

    /// <summary>True if some loop is in a callback.</summary>
    private bool Look(bool mayTakeOver)
    {
        bool busy = false;
        for (int i = 0; i < _seen.Length; i++)
        {
            var loop = _transport.Loops[i];
            ulong word = loop.Word;
            if (!EpollLoop.IsInCallback(word))
                continue;
            busy = true;
            if (mayTakeOver && word == _seen[i] && _transport.Crew.TryTakeOver(loop, word))
                Interlocked.Increment(ref _handOvers);
            _seen[i] = word;
        }
        return busy;
    }

    private void RestAsLongAsQuiet(uint batches)
    {
        Volatile.Write(ref _resting, true);
        Interlocked.MemoryBarrier();
        if (Batches() == batches && !_stopping)
            _wakeUp.WaitOne();
        Volatile.Write(ref _resting, false);
    }
}
