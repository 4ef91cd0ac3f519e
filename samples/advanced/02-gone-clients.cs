#:project ../../src/Millrace/Millrace.csproj
// A client may leave while its handler works. The handler's token says so; a handler that does not look at it goes on. What must go on
// whatever the client does belongs to a task of the application's own. The end of the server tells it to stop, and waits for it.
using System.Collections.Concurrent;
using Millrace;
using static Millrace.Web;

var tasks = new List<Task>();
var events = new ConcurrentQueue<string>();
using var finish = new SemaphoreSlim(0);
int orders = 0;

var app = new Application();
app.AddRoutes(
    // Heeds the token: ends where it waits.
    Get("/watch", WatchAsync),
    // Ends for the server as soon as the client is gone, whatever the handler waits for.
    Get("/stubborn", async request => { await finish.WaitAsync(CancellationToken.None); return Response.Text("at last"); }).CancelOnDisconnect(),
    Post("/orders", Order),
    Post("/finish", request => { finish.Release(); return new Response(204); }),
    Get("/events", request => Response.Text(string.Join('\n', events))));
app.OnCleanup.Add((Application _) => Task.WhenAll(tasks));
RunApp(app, new RunOptions { Port = args is [var port, ..] ? int.Parse(port) : 8080 });

async Task<Response> WatchAsync(Request request)
{
    events.Enqueue("a watcher came");
    try
    {
        await Task.Delay(Timeout.Infinite, request.Aborted);
        return new Response(204);
    }
    catch (OperationCanceledException)
    {
        events.Enqueue("a watcher left");
        throw;
    }
}

// Answers at once; the work goes on behind the answer, and nobody's leaving ends it.
Response Order(Request request)
{
    int number = Interlocked.Increment(ref orders);
    lock (tasks)
    {
        tasks.RemoveAll(task => task.IsCompleted);
        tasks.Add(WorkAsync(number));
    }
    return Response.Text($"order {number} taken", 202);
}

async Task WorkAsync(int number)
{
    try
    {
        await finish.WaitAsync(app.Stopping);
        events.Enqueue($"order {number} finished");
    }
    catch (OperationCanceledException)
    {
        Console.WriteLine($"order {number} is put off until the server is back");
    }
}
