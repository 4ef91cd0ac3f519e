namespace Millrace.Tests.WebSockets;

/// <summary>The handlers that most tests talk to.</summary>
internal static class Echoes
{
    public static RunningServer Server(Kind kind, Func<WebSocketResponse>? create = null, ServerOptions? options = null, Action<WebSocketResponse>? onEnd = null) =>
        new(kind, [Get("/", async request =>
        {
            var ws = create?.Invoke() ?? new WebSocketResponse();
            await ws.PrepareAsync(request);
            await foreach (var message in ws)
                await ws.SendAsync(message);
            onEnd?.Invoke(ws);
            return ws;
        })], options);
}
