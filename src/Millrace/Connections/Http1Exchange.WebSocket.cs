using Millrace.Messages;
using Millrace.Protocol.WebSockets;

namespace Millrace.Connections;

internal sealed partial class Http1Exchange
{
    public override async ValueTask<WebSocketChannel> OpenWebSocketAsync(Request request, WebSocketResponse response, KeyValuePair<string, string>[] handshake)
    {
        using var turn = await EnterToAnswerAsync(request).ConfigureAwait(false);
        KeepAlive = false;
        _record?.Answer(response, 101);
        _output.AppendWebSocket(response, handshake);
        if (!await _output.FlushAsync().ConfigureAwait(false))
            throw Http1ResponseWriter.ClientGone();
        LetGoOfHead(request);
        var webSocket = new Http1WebSocket(flow, response);
        Volatile.Write(ref _webSocket, webSocket);
        // Pairs with OnStopping, which may have come just before.
        Interlocked.MemoryBarrier();
        if (_server.IsStopping)
            webSocket.GoAway(CloseCodes.GoingAway, "");
        return webSocket;
    }

    /// <summary>The server stops: a WebSocket would never end by itself.</summary>
    public void OnStopping() => Volatile.Read(ref _webSocket)?.GoAway(CloseCodes.GoingAway, "");

    /// <summary>The handler is done with its WebSocket.</summary>
    private async ValueTask<bool> CloseWebSocketAsync(bool failed)
    {
        await _webSocket!.CloseAsync(failed ? CloseCodes.InternalError : CloseCodes.Normal, "").ConfigureAwait(false);
        return true;
    }
}
