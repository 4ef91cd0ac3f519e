using Millrace.Transport;
using Millrace.Transport.Clock;

namespace Millrace.Connections;

/// <summary>
/// The timer of a connection's writes: it resets the connection of a client that takes nothing for <see cref="ServerOptions.WriteTimeout"/>, or
/// less than <see cref="ServerOptions.ResponseRateMin"/> of all that it lets the server wait for.
/// </summary>
/// <remarks>
/// The word is odd while a write waits and changes with every wait, so a timer that comes late can end no other wait: whatever it has read
/// meanwhile, its compare-and-swap fails.
/// </remarks>
internal sealed class WriteDeadline(Connection connection, ServerOptions options) : LoopTimer
{
    // How often a long wait is looked at: progress is known to a quarter of the time.
    private const int LooksPerTimeout = 4;

    private const int Stalled = -1;
    private const int TooSlow = -3;

    private int _word;
    private long _startedAt;
    private long _waited;
    private long _delivered;
    private long _progressAt;

    /// <summary>Why the connection was reset, or null if it was not.</summary>
    public ConnectionEnd? Cause => Volatile.Read(ref _word) switch
    {
        Stalled => ConnectionEnd.WriteTimeout,
        TooSlow => ConnectionEnd.ResponseTooSlow,
        _ => null,
    };

    private long StallsAt => options.WriteTimeout == Timeout.InfiniteTimeSpan ? Never : _progressAt + (long)options.WriteTimeout.TotalMilliseconds;

    private long TooSlowAt => options.ResponseRateMin == 0 || options.ResponseRateGrace == Timeout.InfiniteTimeSpan
        ? Never
        : _startedAt - _waited + Math.Max((long)options.ResponseRateGrace.TotalMilliseconds, _delivered * 1000 / options.ResponseRateMin);

    /// <summary>A write waits for the client.</summary>
    public void Start()
    {
        long now = connection.Loop.Clock.Milliseconds;
        _startedAt = now;
        _progressAt = now;
        _delivered = connection.Delivered;
        int word = _word & int.MaxValue;
        if (Interlocked.CompareExchange(ref _word, (word + 1) & int.MaxValue, word) == word)
            SetNext(now);
    }

    /// <summary>The write is over; false if the connection was reset before.</summary>
    public bool Stop()
    {
        int word = Volatile.Read(ref _word);
        if (word < 0 || Interlocked.CompareExchange(ref _word, (word + 1) & int.MaxValue, word) != word)
            return false;
        TimerWheel.Clear(this);
        _waited += connection.Loop.Clock.Milliseconds - _startedAt;
        return true;
    }

    protected internal override void OnDue()
    {
        int word = Volatile.Read(ref _word);
        if (word < 0 || (word & 1) == 0)
            return;
        long now = connection.Loop.Clock.Milliseconds;
        long delivered = connection.Delivered;
        if (delivered > _delivered)
            _progressAt = now;
        _delivered = delivered;
        int verdict = now >= StallsAt ? Stalled : now >= TooSlowAt ? TooSlow : 0;
        if (verdict == 0)
            SetNext(now);
        else if (Interlocked.CompareExchange(ref _word, verdict, word) == word)
            connection.Abort();
    }

    private void SetNext(long now)
    {
        long next = Math.Min(StallsAt, TooSlowAt);
        if (options.WriteTimeout != Timeout.InfiniteTimeSpan)
            next = Math.Min(next, now + (long)options.WriteTimeout.TotalMilliseconds / LooksPerTimeout);
        if (next != Never)
            connection.Loop.Timers.Set(this, Math.Max(next, now + 1));
    }
}
