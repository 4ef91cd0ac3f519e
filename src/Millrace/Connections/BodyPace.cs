using Millrace.Protocol.Semantics;

namespace Millrace.Connections;

/// <summary>
/// How long a client has let the server wait for one body, and how much of it has come. Only waiting counts: a handler that takes its time is
/// not the client's fault.
/// </summary>
internal struct BodyPace
{
    private long _waited;
    private long _received;
    private long _startedAt;
    private TimeSpan _limit;

    /// <summary>What the client is to be told if the wait begun last comes to its limit.</summary>
    public ProtocolFault Fault { get; private set; }

    public void Received(int count) => _received += count;

    /// <summary>A wait begins that may itself take <paramref name="limit"/>, which may be over: how long it may take by all limits, in more than zero.</summary>
    public TimeSpan Begin(long now, TimeSpan limit, ServerOptions options)
    {
        _startedAt = now;
        _limit = limit == Timeout.InfiniteTimeSpan || limit > TimeSpan.Zero ? limit : TimeSpan.Zero;
        Fault = ProtocolFault.BodyTimeout;
        Tighten(options.RequestTimeout, ProtocolFault.RequestTimeout);
        if (options.BodyRateMin > 0 && options.BodyRateGrace != Timeout.InfiniteTimeSpan)
        {
            var earned = TimeSpan.FromSeconds((double)_received / options.BodyRateMin);
            Tighten(earned > options.BodyRateGrace ? earned : options.BodyRateGrace, ProtocolFault.BodyTooSlow);
        }
        return _limit == Timeout.InfiniteTimeSpan || _limit > TimeSpan.Zero ? _limit : TimeSpan.FromMilliseconds(1);
    }

    /// <summary>The wait is over; false if it took longer than it may. A timer alone would never end the waits of a client that is always in time for the next byte.</summary>
    public bool End(long now)
    {
        long waited = now - _startedAt;
        _waited += waited;
        return _limit == Timeout.InfiniteTimeSpan || (_limit > TimeSpan.Zero && waited <= _limit.TotalMilliseconds);
    }

    private void Tighten(TimeSpan inAll, ProtocolFault fault)
    {
        if (inAll == Timeout.InfiniteTimeSpan)
            return;
        var left = inAll - TimeSpan.FromMilliseconds(_waited);
        if (_limit != Timeout.InfiniteTimeSpan && left >= _limit)
            return;
        // Infinite is a negative number of milliseconds too.
        _limit = left > TimeSpan.Zero ? left : TimeSpan.Zero;
        Fault = fault;
    }
}
