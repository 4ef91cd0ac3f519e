#:project ../../src/Millrace/Millrace.csproj
// A WebSocket is a response that is prepared, read message by message until it closes, and returned.
using Millrace;
using static Millrace.Web;

var app = new Application();
app.AddRoutes(Get("/ws", EchoAsync));
RunApp(app, new RunOptions { Port = args is [var port, ..] ? int.Parse(port) : 8080 });

static async Task<WebSocketResponse> EchoAsync(Request request)
{
    var ws = new WebSocketResponse();
    await ws.PrepareAsync(request);
    await foreach (var message in ws)
    {
        if (message.IsBinary)
            await ws.SendAsync($"{message.Bytes.Length} bytes");
        else if (message.Text == "close")
            await ws.CloseAsync(1000, "as you wish");
        else
            await ws.SendAsync($"{message.Text}/answer");
    }
    return ws;
}
