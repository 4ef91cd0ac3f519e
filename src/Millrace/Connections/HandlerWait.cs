using Millrace.Transport;
using Millrace.Transport.Clock;

namespace Millrace.Connections;

/// <summary>The end of the flow's patience with one handler: its time limit, or the client that is gone, whichever comes first.</summary>
internal sealed class HandlerWait : LoopTimer
{
    private readonly TaskCompletionSource<ConnectionEnd> _over = new();
    private readonly Connection _connection;

    public HandlerWait(Connection connection, TimeSpan limit)
    {
        _connection = connection;
        if (limit != Timeout.InfiniteTimeSpan)
            connection.Loop.Timers.Set(this, connection.Loop.Clock.Milliseconds + (long)limit.TotalMilliseconds);
    }

    public void OnClientGone() => _over.TrySetResult(ConnectionEnd.ClientGone);

    /// <summary>Completes when the handler has answered, with null, or when there is a reason not to wait for it, with that.</summary>
    public async ValueTask<ConnectionEnd?> ForAsync(Task answer)
    {
        await Task.WhenAny(answer, _over.Task).ConfigureAwait(false);
        _connection.Loop.Timers.Remove(this);
        return answer.IsCompleted ? null : await _over.Task.ConfigureAwait(false);
    }

    protected internal override void OnDue() => _over.TrySetResult(ConnectionEnd.HandlerTimeout);
}
