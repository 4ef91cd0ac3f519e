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

    /// <summary>What the client is to be told if the wait begun last comes to its limit.</summary>
    public ProtocolFault Fault { get; private set; }

    public void Received(int count) => _received += count;

    /// <summary>A wait begins that may itself take <paramref name="limit"/>: how long it may take by all limits, in more than zero.</summary>
    public TimeSpan Begin(long now, TimeSpan limit, ServerOptions options)
    {
        _startedAt = now;
        Fault = ProtocolFault.BodyTimeout;
        Tighten(ref limit, options.RequestTimeout, ProtocolFault.RequestTimeout);
        if (options.BodyRateMin > 0 && options.BodyRateGrace != Timeout.InfiniteTimeSpan)
        {
            var earned = TimeSpan.FromSeconds((double)_received / options.BodyRateMin);
            Tighten(ref limit, earned > options.BodyRateGrace ? earned : options.BodyRateGrace, ProtocolFault.BodyTooSlow);
        }
        return limit;
    }

    public void End(long now) => _waited += now - _startedAt;

    private void Tighten(ref TimeSpan limit, TimeSpan inAll, ProtocolFault fault)
    {
        if (inAll == Timeout.InfiniteTimeSpan)
            return;
        var left = inAll - TimeSpan.FromMilliseconds(_waited);
        if (limit != Timeout.InfiniteTimeSpan && left >= limit)
            return;
        limit = left > TimeSpan.Zero ? left : TimeSpan.FromMilliseconds(1);
        Fault = fault;
    }
}
