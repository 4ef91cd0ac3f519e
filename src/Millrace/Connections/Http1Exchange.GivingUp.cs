using Millrace.Handling;
using Millrace.Telemetry;

namespace Millrace.Connections;

/// <summary>
/// What happens to a handler that the flow waits for no longer. It cannot be stopped: its token is cancelled, its request ends, and what it
/// returns or throws later is observed and dropped.
/// </summary>
internal sealed partial class Http1Exchange
{
    private HandlerWait? _wait;

    /// <summary>Waits as long as the options and the route say; null once the handler has answered, else why it is given up.</summary>
    private async ValueTask<ConnectionEnd?> WaitForHandlerAsync(Request request, Task<StreamResponse> answer)
    {
        var limit = request.HandlerRules?.Timeout ?? _server.Options.HandlerTimeout;
        bool endsWithClient = request.HandlerRules?.CancelsOnDisconnect ?? _server.Options.HandlerCancellation;
        var wait = new HandlerWait(_connection, limit);
        Volatile.Write(ref _wait, endsWithClient ? wait : null);
        if (endsWithClient && WatchClient())
            wait.OnClientGone();
        var end = await wait.ForAsync(answer).ConfigureAwait(false);
        Volatile.Write(ref _wait, null);
        // Another protocol takes the time it takes, and sees by itself when its peer is gone.
        return _tunnel is null ? end : null;
    }

    /// <summary>The answer in place of the handler's; null if there is nobody to get it or the handler's own has begun.</summary>
    private Response? GiveUp(Request request, Task<StreamResponse> answer, ConnectionEnd reason)
    {
        flow.Cause = reason;
        bool isUnanswered = request.TryAnswer();
        _ = DropAsync(request, answer);
        if (!isUnanswered || reason == ConnectionEnd.ClientGone)
            return null;
        var response = ErrorResponses.For(new TimeoutException());
        response.ForceClose();
        return response;
    }

    private async Task DropAsync(Request request, Task<StreamResponse> answer)
    {
        _server.Metrics.HandlerGivenUp();
        try
        {
            await request.CancelAsync().ConfigureAwait(false);
        }
        catch (AggregateException e)
        {
            _server.Logger.AbortCallbackFailed(e);
        }
        try
        {
            if (await answer.ConfigureAwait(false) is { } response)
                await response.ReleaseAsync().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            _server.Logger.LateHandlerFailed(e);
        }
        _server.Metrics.HandlerGivenUpEnded();
    }
}
