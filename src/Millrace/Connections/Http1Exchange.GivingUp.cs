using Millrace.Handling;
using Millrace.Messages;
using Millrace.Telemetry;

namespace Millrace.Connections;

/// <summary>
/// What happens to a handler that the flow waits for no longer. It cannot be stopped: its token is cancelled, its request ends, and what it
/// returns or throws later is observed and dropped.
/// </summary>
internal sealed partial class Http1Exchange
{
    private HandlerWait? _wait;

    /// <summary>Waits as long as the options and the route say; true if the handler has not answered by then, and <see cref="RequestHandler.Cause"/> says why.</summary>
    private async ValueTask<bool> GivesUpAsync(Request request, ValueTask<StreamResponse> answer)
    {
        var wait = new HandlerWait(_connection);
        Volatile.Write(ref _wait, wait);
        // Pairs with OnPassedOn: either that sees the wait, or this sees the other rules.
        Interlocked.MemoryBarrier();
        Follow(wait, request.HandlerRules);
        var end = await wait.ForAsync(answer.AsTask()).ConfigureAwait(false);
        Volatile.Write(ref _wait, null);
        // Another protocol takes the time it takes, and sees by itself when its peer is gone.
        if (end is null || _tunnel is not null || _webSocket is not null)
            return false;
        flow.Cause = end;
        return true;
    }

    public override void OnPassedOn(Request request)
    {
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _wait) is { } wait && Volatile.Read(ref _request) == request)
            Follow(wait, request.HandlerRules);
    }

    private void Follow(HandlerWait wait, HandlerRules? rules)
    {
        bool endsWithClient = rules?.CancelsOnDisconnect ?? _server.Options.HandlerCancellation;
        wait.Follow(rules?.Timeout ?? _server.Options.HandlerTimeout, endsWithClient);
        if (endsWithClient && WatchClient())
            wait.OnClientGone();
    }

    /// <summary>The answer in place of the handler's; null if there is nobody to get it or the handler's own has begun.</summary>
    private Response? InsteadOfLateAnswer(Request request, Task<StreamResponse> answer)
    {
        bool isUnanswered = request.TryAnswer();
        _ = DropAsync(request, answer);
        if (!isUnanswered || flow.Cause == ConnectionEnd.ClientGone)
            return null;
        var response = ErrorResponses.For(new TimeoutException(), request);
        response.ForceClose();
        return response;
    }

    /// <summary>Ends a read of the body that the handler is at; not with the connection, because the answer may still be under way.</summary>
    private async ValueTask EndReadsAsync(Task reads)
    {
        _connection.Interrupt();
        await reads.ConfigureAwait(false);
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
                await ReleaseAsync(response).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            _server.Logger.LateHandlerFailed(e);
        }
        _server.Metrics.HandlerGivenUpEnded();
    }
}
