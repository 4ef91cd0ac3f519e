#:project ../src/Millrace/Millrace.csproj
// A live ticker: server-sent events to a page, ticker.html. A page that lost its connection says which tick it saw last, and gets those it missed.
//
//     dotnet run samples/ticker.cs 8080        then open http://localhost:8080/, or: curl -N http://localhost:8080/ticks
using System.Text.Json.Serialization;
using Millrace;
using static Millrace.Web;

const int MissedTicksMax = 240;
var interval = TimeSpan.FromMilliseconds(250);

// Where this file is, as "dotnet run" tells a program; a published one has its page beside it.
string folder = AppContext.GetData("EntryPointFileDirectoryPath") as string ?? AppContext.BaseDirectory;

var app = new Application();
app.AddRoutes(
    Get("/", request => new FileResponse(Path.Combine(folder, "ticker.html"))),
    Get("/ticks", TicksAsync));
RunApp(app, new RunOptions { Port = args is [var port, ..] ? int.Parse(port) : 8080 });

async Task<EventStreamResponse> TicksAsync(Request request)
{
    long next = LatestTick();
    if (long.TryParse(EventStreamResponse.LastEventId(request), out long seen))
        next = Math.Clamp(seen, next - MissedTicksMax, next) + 1;

    var events = new EventStreamResponse();
    await events.PrepareAsync(request);
    await events.SendAsync("ticks follow", type: "opening", retry: TimeSpan.FromMilliseconds(500));
    using var timer = new PeriodicTimer(interval);
    // A stream that does not end by itself heeds the end of the server; the page comes back to the next one.
    while (!app.Stopping.IsCancellationRequested)
    {
        for (; next <= LatestTick(); next++)
            await events.SendJsonAsync(new Tick(next, Price(next)), TickerJson.Default.Tick, id: $"{next}");
        await timer.WaitForNextTickAsync(request.Aborted);
    }
    return events;
}

// Numbered by the clock, so that they go on where they were after a restart.
long LatestTick() => DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / (long)interval.TotalMilliseconds;

static double Price(long tick) => Math.Round(100 + (12 * Math.Sin(tick / 97.0)) + (5 * Math.Sin(tick / 11.0)) + (2 * Math.Sin(tick * 1.7)), 2);

record Tick(long Number, double Price);

[JsonSerializable(typeof(Tick))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
partial class TickerJson : JsonSerializerContext;
