using Millrace.Transport;
using Millrace.Transport.Clock;

namespace Millrace.Connections;

/// <summary>The end of the flow's patience with one handler: its time limit, or the client that is gone, whichever comes first.</summary>
internal sealed class HandlerWait(Connection connection) : LoopTimer
{
    private readonly TaskCompletionSource<ConnectionEnd> _over = new();
    private volatile bool _endsWithClient;
    private volatile bool _ended;

    /// <summary>Goes by these from now on. Any thread.</summary>
    /// <param name="limit">How long, from now.</param>
    /// <param name="endsWithClient">Whether it ends when the client is gone.</param>
    public void Follow(TimeSpan limit, bool endsWithClient)
    {
        _endsWithClient = endsWithClient;
        connection.Loop.Timers.Remove(this);
        if (limit != Timeout.InfiniteTimeSpan)
            connection.Loop.Timers.Set(this, connection.Loop.Clock.Milliseconds + (long)limit.TotalMilliseconds);
        // Its end may have come in between, and nobody would take the timer out any more.
        if (_ended)
            connection.Loop.Timers.Remove(this);
    }

    public void OnClientGone()
    {
        if (_endsWithClient)
            _over.TrySetResult(ConnectionEnd.ClientGone);
    }

    /// <summary>Completes when the handler has answered, with null, or when there is a reason not to wait for it, with that.</summary>
    public async ValueTask<ConnectionEnd?> ForAsync(Task answer)
    {
        await Task.WhenAny(answer, _over.Task).ConfigureAwait(false);
        _ended = true;
        connection.Loop.Timers.Remove(this);
        return answer.IsCompleted ? null : await _over.Task.ConfigureAwait(false);
    }

    protected internal override void OnDue() => _over.TrySetResult(ConnectionEnd.HandlerTimeout);
}
