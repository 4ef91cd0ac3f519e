#:project ../../src/Millrace/Millrace.csproj
// A context opens something before the server listens and closes it after the last request. A background task lives in one. At the end requests
// finish, WebSockets are told that the server goes away, and what takes longer than ShutdownTimeout is cut off.
using System.Threading.Channels;
using Millrace;
using static Millrace.Web;

var letters = new AppKey<Channel<string>>("letters");

var app = new Application();
app.CleanupContexts.Add(SortLetters);
app.AddRoutes(
    Post("/letters", async request => new Response(request.App.Get(letters).Writer.TryWrite(await request.TextAsync()) ? 202 : 503)),
    Get("/ws", ListenAsync));
RunApp(app, new RunOptions { Port = args is [var port, ..] ? int.Parse(port) : 8080, ShutdownTimeout = TimeSpan.FromSeconds(10) });

// The channel is bounded: when letters come faster than they are sorted, clients are told.
async IAsyncEnumerable<Channel<string>> SortLetters(Application app)
{
    var channel = Channel.CreateBounded<string>(100);
    app.Set(letters, channel);
    Task sorting = SortAsync(channel.Reader);
    yield return channel;
    channel.Writer.Complete();
    await sorting;
    Console.WriteLine("all letters are sorted");
}

static async Task SortAsync(ChannelReader<string> letters)
{
    await foreach (string letter in letters.ReadAllAsync())
        Console.WriteLine($"sorted {letter}");
}

static async Task<WebSocketResponse> ListenAsync(Request request)
{
    var ws = new WebSocketResponse();
    await ws.PrepareAsync(request);
    await foreach (var message in ws)
        await ws.SendAsync(message);
    Console.WriteLine($"a WebSocket ended with {ws.CloseCode}");
    return ws;
}
