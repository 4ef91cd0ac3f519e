// The server that is measured: what a user would write, with nothing but the public API.
// PORT_HTTP says where to listen on the loopback, PORT_TLS1 where with TLS and the files TLS_CERT and TLS_KEY, ARENA_DATA where dataset.json is,
// DATABASE_URL where the items table is, if there is one, ACCESS_LOG to which file requests are logged, if they are.

using System.Globalization;
using Millrace;
using Millrace.Benchmarks;
using static Millrace.Web;

var catalogue = Catalogue.Load(Environment.GetEnvironmentVariable("ARENA_DATA"));
var log = Environment.GetEnvironmentVariable("ACCESS_LOG") is { Length: > 0 } path ? new AccessLogger { Output = File.Create(path) } : null;
var store = Environment.GetEnvironmentVariable("DATABASE_URL") is { Length: > 0 } database ? new ItemStore(database, Environment.GetEnvironmentVariable("DATABASE_MAX_CONN")) : null;

// A loop for every second core: the load generator needs the others, and a loop that has enough to do sleeps and wakes less often.
string cores = Environment.GetEnvironmentVariable("ARENA_CPUS") ?? Environment.ProcessorCount.ToString(CultureInfo.InvariantCulture);
var plain = RunAppAsync(MakeApplication(), OptionsFor(Environment.GetEnvironmentVariable("PORT_HTTP") ?? "8080", tls: null));
var secure = Environment.GetEnvironmentVariable("PORT_TLS1") is { Length: > 0 } port
    ? RunAppAsync(MakeApplication(), OptionsFor(port, new TlsOptions
    {
        Certificate = TlsCertificate.FromPemFiles(Environment.GetEnvironmentVariable("TLS_CERT")!, Environment.GetEnvironmentVariable("TLS_KEY")),
    }))
    : Task.CompletedTask;
await Task.WhenAll(plain, secure);

RunOptions OptionsFor(string port, TlsOptions? tls) => new()
{
    Host = "127.0.0.1",
    Port = int.Parse(port, CultureInfo.InvariantCulture),
    Tls = tls,
    Print = null,
    Server = new ServerOptions { Loops = Math.Max(1, int.Parse(cores, CultureInfo.InvariantCulture) / 2), AccessLog = log },
};

Application MakeApplication()
{
    var app = new Application();
    app.AddRoutes(
        Get("/", request => Response.Text("Hello, world")),
        Get("/pipeline", request => Response.Text("ok")),
        Get("/baseline11", Add),
        Get("/baseline2", Add),
        Post("/baseline11", AddBody),
        Get("/json/{count}", Items),
        Get("/ws", Echo),
        Get("/sse/{count}", Events),
        Get("/sleep/{ms}", Sleep),
        Get("/block/{ms}", Block),
        Get("/wait/{ms}", Wait));
    app.AddRoutes(FileRoutes.Of(Environment.GetEnvironmentVariable("ARENA_DATA")));
    if (store is not null)
        app.AddRoutes(new DatabaseRoutes(store).All);
    return app;
}

Response Items(Request request)
{
    int count = Integer(request.Match["count"]);
    if (count < 0 || count > catalogue.Count)
        throw new HttpException(404);
    var response = Response.Json(catalogue.Price(count, Integer(request.Query["m"] ?? "1")), ItemsJson.Default.PricedItems);
    response.EnableCompression();
    return response;
}

static Response Add(Request request) => Number(Sum(request));

static async Task<Response> AddBody(Request request)
{
    var body = await request.ReadAsync();
    return int.TryParse(body.Span, CultureInfo.InvariantCulture, out int number) ? Number(Sum(request) + number) : throw new HttpException(400);
}

static async Task<EventStreamResponse> Events(Request request)
{
    int count = Integer(request.Match["count"]);
    int milliseconds = Integer(request.Query["ms"] ?? "0");
    var events = new EventStreamResponse();
    await events.PrepareAsync(request);
    for (int i = 0; i < count; i++)
    {
        if (milliseconds > 0)
            await Task.Delay(milliseconds, request.Aborted);
        await events.SendAsync($"event {i}");
    }
    return events;
}

static async Task<WebSocketResponse> Echo(Request request)
{
    var ws = new WebSocketResponse();
    await ws.PrepareAsync(request);
    await foreach (var message in ws)
        await ws.SendAsync(message);
    return ws;
}

static async Task<Response> Sleep(Request request)
{
    int milliseconds = Integer(request.Match["ms"]);
    await Task.Delay(milliseconds);
    return Number(milliseconds);
}

// Two handlers as they should not be written: each holds its thread, the second one by waiting for a task.
static Response Block(Request request)
{
    int milliseconds = Integer(request.Match["ms"]);
    Thread.Sleep(milliseconds);
    return Number(milliseconds);
}

static Response Wait(Request request)
{
    int milliseconds = Integer(request.Match["ms"]);
    Task.Delay(milliseconds).Wait();
    return Number(milliseconds);
}

static long Sum(Request request) => (long)Integer(request.Query["a"]) + Integer(request.Query["b"]);

static Response Number(long number) => Response.Text(number.ToString(CultureInfo.InvariantCulture));

static int Integer(string? text) =>
    int.TryParse(text, CultureInfo.InvariantCulture, out int number) ? number : throw new HttpException(400);
