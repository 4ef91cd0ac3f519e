using Millrace.Telemetry;

namespace Millrace.Connections;

internal sealed partial class Http1Exchange
{
    /// <summary>
    /// Ends the request: clears away the rest of its body, so that the next can be read, and what the handler left running.
    /// </summary>
    public ValueTask EndAsync(Request request)
    {
        if (_body is not null || HasBegun || _record is not null)
            return EndStreamsAsync(request);
        Forget(request);
        return ValueTask.CompletedTask;
    }

    /// <summary>The connection ends, be it in the middle of a request.</summary>
    public async ValueTask CloseAsync()
    {
        if (_request is not { } request)
            return;
        KeepAlive = false;
        _ = request.TryAnswer();
        await _gate.PassAsync().ConfigureAwait(false);
        await EndAsync(request).ConfigureAwait(false);
    }

    /// <summary>
    /// A handler may have left a read or write of its own running that it did not await. It is cut short, and with it the connection,
    /// because nobody knows how far it has come.
    /// </summary>
    private async ValueTask EndStreamsAsync(Request request)
    {
        if (_body is not null && KeepAlive)
            KeepAlive = await _body.TryDrainAsync().ConfigureAwait(false);
        var reads = _body?.CloseAsync() ?? Task.CompletedTask;
        if (flow.Cause is not null && !reads.IsCompleted)
            await EndReadsAsync(reads).ConfigureAwait(false);
        var writes = _writer?.CloseAsync() ?? Task.CompletedTask;
        var tunnel = _tunnel?.CloseAsync() ?? Task.CompletedTask;
        var webSocket = _webSocket?.EndAsync() ?? Task.CompletedTask;
        // A WebSocket that is closed may still be sending by itself what it had put off: that is nothing the handler left behind.
        if (!(reads.IsCompleted && writes.IsCompleted && tunnel.IsCompleted && (webSocket.IsCompleted || _webSocket!.IsOver)))
        {
            KeepAlive = false;
            _connection.Abort();
        }
        await Task.WhenAll(reads, writes, tunnel, webSocket).ConfigureAwait(false);
        // One that the handler began and did not return.
        if (_writer is not null)
            await ReleaseAsync(_writer.Response).ConfigureAwait(false);
        if (_record is { } record)
        {
            _record = null;
            await record.EndAsync(request).ConfigureAwait(false);
        }
        Forget(request);
    }

    /// <summary>What a response holds goes back. That may be the handler's own code, and it must not stop what comes behind it.</summary>
    private async ValueTask ReleaseAsync(StreamResponse response)
    {
        try
        {
            await response.ReleaseAsync().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            _server.Logger.ResponseNotReleased(e);
        }
    }

    /// <summary>Another protocol goes on for long: what was read of the request leaves the buffers that others need meanwhile.</summary>
    private void LetGoOfHead(Request request)
    {
        request.View.KeepApart();
        if (_body is null)
            flow.ReleaseReader();
    }

    private void Forget(Request request)
    {
        request.End();
        Volatile.Write(ref _request, null);
        _body = null;
        _writer = null;
        _tunnel = null;
        _webSocket = null;
    }
}
