#:project ../../src/Millrace/Millrace.csproj
// One task reads a WebSocket; any number may send. Here one counts while the handler reads, and ends with it.
using Millrace;
using static Millrace.Web;

var app = new Application();
app.AddRoutes(Get("/ws", CountAsync));
RunApp(app, new RunOptions { Port = args is [var port, ..] ? int.Parse(port) : 8080 });

static async Task<WebSocketResponse> CountAsync(Request request)
{
    var ws = new WebSocketResponse();
    await ws.PrepareAsync(request);
    using var end = CancellationTokenSource.CreateLinkedTokenSource(request.Aborted);
    Task counting = SendNumbersAsync(ws, end.Token);
    await foreach (var message in ws)
        await ws.SendAsync($"you said {message.Text}");
    await end.CancelAsync();
    await counting;
    return ws;
}

static async Task SendNumbersAsync(WebSocketResponse ws, CancellationToken end)
{
    try
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        for (int i = 1; await timer.WaitForNextTickAsync(end); i++)
            await ws.SendAsync($"{i}", end);
    }
    catch (Exception e) when (e is OperationCanceledException or WebSocketClosedException)
    {
        // The reader says when it is over.
    }
}
