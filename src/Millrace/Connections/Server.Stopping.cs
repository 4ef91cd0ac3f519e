using Millrace.Connections;
using Millrace.Telemetry;
using Millrace.Transport;

namespace Millrace;

public sealed partial class Server
{
    // A connection that was used just now is not idle: its client may have the next request on the way. It is answered, and told to close.
    private const int JustUsedMilliseconds = 250;

    // Handlers that heed their token or their connection end within this once they are cancelled; the others are left behind.
    private static readonly TimeSpan CancelledHandlersEnd = TimeSpan.FromSeconds(1);

    private TaskCompletionSource? _allEnded;

    /// <summary>Ends gracefully, as a runner does without an application. What still runs after <paramref name="timeout"/> is aborted.</summary>
    internal async Task StopAsync(TimeSpan timeout)
    {
        using var deadline = new CancellationTokenSource(timeout, Options.TimeProvider);
        await StopListeningAsync().ConfigureAwait(false);
        StopConnections();
        await EndConnectionsAsync(deadline.Token).ConfigureAwait(false);
    }

    /// <summary>Accepts those who have already connected, then nobody. From here on every response says that it is the last.</summary>
    internal async ValueTask StopListeningAsync()
    {
        Listener[] listeners;
        lock (_lock)
        {
            IsStopping = true;
            listeners = [.. _listeners];
            _listeners.Clear();
        }
        foreach (var listener in listeners)
            await listener.StopAsync().ConfigureAwait(false);
        _admission.TurnWaitingAway();
    }

    /// <summary>Closes the connections that are idle, and lets WebSockets say good-bye.</summary>
    internal void StopConnections()
    {
        RequestHandler[] connections;
        lock (_lock)
        {
            connections = [.. _connections];
            _allEnded = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (connections.Length == 0)
                _allEnded.SetResult();
        }
        foreach (var connection in connections)
            connection.BeginStop(JustUsedMilliseconds);
    }

    /// <summary>Waits until every connection has ended by itself, or the token is cancelled; then it aborts the others.</summary>
    internal async ValueTask EndConnectionsAsync(CancellationToken deadline)
    {
        try
        {
            if (!_allEnded!.Task.IsCompleted)
                await Task.WhenAny(_allEnded.Task, Task.Delay(TimeSpan.FromMilliseconds(JustUsedMilliseconds), Options.TimeProvider, deadline)).ConfigureAwait(false);
            foreach (var connection in Connections())
                connection.Stop();
            await _allEnded.Task.WaitAsync(deadline).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            await AbortAllAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Ends the loops, and before them whatever no runner has ended. A handler that never returns keeps its thread until the process ends.</summary>
    public async ValueTask DisposeAsync()
    {
        // A start that failed half-way leaves listeners behind.
        if (!IsStopping)
            await StopAsync(TimeSpan.Zero).ConfigureAwait(false);
        if (AccessLog is not null)
            await AccessLog.FlushAsync().ConfigureAwait(false);
        Metrics.Dispose();
        if (_transport is null)
            return;
        var ended = _transport.DisposeAsync().AsTask();
        if (ConnectionCount == 0)
            await ended.ConfigureAwait(false);
    }

    private RequestHandler[] Connections()
    {
        lock (_lock)
            return [.. _connections];
    }

    private async Task AbortAllAsync()
    {
        var connections = Connections();
        foreach (var connection in connections)
            connection.Abort();
        Logger.ShutdownTimedOut(connections.Length);
        await Task.WhenAny(_allEnded!.Task, Task.Delay(CancelledHandlersEnd, Options.TimeProvider)).ConfigureAwait(false);
    }
}
