using Millrace.Transport;
using Millrace.Transport.Clock;

namespace Millrace.Connections;

/// <summary>What a connection is waiting for; each has its own limit.</summary>
internal enum Wait
{
    None,
    NextRequest,
    Head,
    Body,
    Lingering,
    Handshake,

    /// <summary>As <see cref="NextRequest"/>, but the end of the server does not cut it short.</summary>
    FirstRequest,
}

/// <summary>
/// The one timer of a connection. The flow starts it before it waits and stops it afterwards; if the time runs out in between, the wait is ended
/// and <see cref="Stop"/> says so.
/// </summary>
/// <remarks>
/// The word holds what is waited for and a number that changes with every start, so that a timer that comes due late can never end
/// a wait that it was not set for. Stopping leaves the timer in its wheel: the next start finds it there (see <see cref="TimerWheel"/>).
/// </remarks>
internal sealed class ConnectionDeadline(Connection connection) : LoopTimer
{
    private const int Expired = 8;
    private const int OneStart = 16;

    private int _word;

    // When the wait ends that the word speaks of, or one begun since.
    private long _due = Never;

    /// <summary>When the last wait began, in milliseconds of the loop's clock.</summary>
    public long StartedAt { get; private set; }

    /// <summary>Begins a wait; an infinite <paramref name="limit"/> sets no deadline. A full fence.</summary>
    public void Start(Wait wait, TimeSpan limit)
    {
        StartedAt = connection.Loop.Clock.Milliseconds;
        long due = limit == Timeout.InfiniteTimeSpan ? Never : StartedAt + (long)limit.TotalMilliseconds;
        Volatile.Write(ref _due, due);
        Interlocked.Exchange(ref _word, (_word & -OneStart) + OneStart | (int)wait);
        if (due == Never)
            TimerWheel.Clear(this);
        else
            connection.Loop.Timers.Set(this, due);
    }

    /// <summary>True if the time of the last wait ran out.</summary>
    public bool HasExpired => (Volatile.Read(ref _word) & Expired) != 0;

    /// <summary>Ends the wait; false if its time had run out.</summary>
    public bool Stop()
    {
        int word = Volatile.Read(ref _word);
        return (word & Expired) == 0 && Interlocked.CompareExchange(ref _word, word & -OneStart, word) == word;
    }

    /// <summary>Ends the wait at once, as if its time had run out, if it is one for the next request; used when the server stops.</summary>
    public void ExpireIfIdle() => Expire(Volatile.Read(ref _word), Wait.NextRequest);

    protected internal override void OnDue()
    {
        int word = Volatile.Read(ref _word);
        // Started again since the timer came due: the wheel will see to the new time.
        if (connection.Loop.Clock.Milliseconds >= Volatile.Read(ref _due))
            Expire(word, (Wait)(word & 7));
    }

    private void Expire(int word, Wait wait)
    {
        if (wait == Wait.None || (word & 7) != (int)wait || (word & Expired) != 0
            || Interlocked.CompareExchange(ref _word, word | Expired, word) != word)
            return;
        if (wait == Wait.Handshake)
            connection.Abort();
        else
            connection.Interrupt();
    }
}
