namespace Millrace.Connections;

internal sealed partial class RequestHandler
{
    // A handshake that ended while the server ends: the request it was made for is on its way.
    private static readonly TimeSpan FirstRequestAfterHandshake = TimeSpan.FromSeconds(1);

    private volatile bool _stopping;
    private volatile bool _stoppingNow;

    /// <summary>The server ends: the connection ends after the request it is at, and at once if it has been idle for as many milliseconds.</summary>
    public void BeginStop(long idleMilliseconds)
    {
        _stopping = true;
        if (_connection.Loop.Clock.Milliseconds - ReadDeadline.StartedAt >= idleMilliseconds)
            ReadDeadline.ExpireIfIdle();
        _exchange.OnStopping();
    }

    /// <summary>Ends the connection after the request it is at; at once if it is idle.</summary>
    public void Stop()
    {
        _stoppingNow = true;
        // Pairs with the fence in ConnectionDeadline.Start: either StartIdle sees the flag, or this sees the wait.
        Interlocked.MemoryBarrier();
        ReadDeadline.ExpireIfIdle();
    }

    /// <summary>Ends the connection at once. A handler that still runs learns it from its token.</summary>
    public void Abort() => _connection.Abort();
}
