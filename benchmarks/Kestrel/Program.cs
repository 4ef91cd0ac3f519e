// The peer: the routes of Arena as an ASP.NET Core minimal API at its best production settings. The slim builder, no logging,
// handlers generated at build time, results that know their length (a bare string would be sent in chunks), static assets compressed when they are
// published, bodies read from the pipe.

using System.Globalization;
using System.Net;
using System.Net.WebSockets;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Millrace.Benchmarks;

string? data = Environment.GetEnvironmentVariable("ARENA_DATA");
var catalogue = Catalogue.Load(data);
string port = Environment.GetEnvironmentVariable("PORT_HTTP") ?? "8080";

var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
builder.Logging.ClearProviders();
builder.WebHost.UseKestrelHttpsConfiguration();
builder.WebHost.ConfigureKestrel(options =>
{
    options.Listen(IPAddress.Loopback, int.Parse(port, CultureInfo.InvariantCulture), listen => listen.Protocols = HttpProtocols.Http1);
    if (Environment.GetEnvironmentVariable("PORT_TLS1") is { Length: > 0 } securePort)
    {
        var certificate = X509Certificate2.CreateFromPemFile(Environment.GetEnvironmentVariable("TLS_CERT")!, Environment.GetEnvironmentVariable("TLS_KEY"));
        options.Listen(IPAddress.Loopback, int.Parse(securePort, CultureInfo.InvariantCulture), listen =>
        {
            listen.Protocols = HttpProtocols.Http1;
            listen.UseHttps(certificate);
        });
    }
});

builder.Services.AddResponseCompression();

var app = builder.Build();
app.UseResponseCompression();
app.UseWebSockets();
app.MapGet("/", () => TypedResults.Text("Hello, world"));
app.MapGet("/pipeline", () => TypedResults.Text("ok"));
app.MapGet("/baseline11", (int a, int b) => Number((long)a + b));
app.MapGet("/baseline2", (int a, int b) => Number((long)a + b));
app.MapPost("/baseline11", async Task<Results<ContentHttpResult, BadRequest>> (int a, int b, HttpRequest request) =>
{
    using var reader = new StreamReader(request.Body);
    return int.TryParse(await reader.ReadToEndAsync(), CultureInfo.InvariantCulture, out int number)
        ? Number((long)a + b + number)
        : TypedResults.BadRequest();
});
app.MapGet("/json/{count}", Results<JsonHttpResult<PricedItems>, NotFound> (int count, int m = 1) =>
    count >= 0 && count <= catalogue.Count
        ? TypedResults.Json(catalogue.Price(count, m), ItemsJson.Default.PricedItems)
        : TypedResults.NotFound());
app.MapGet("/sleep/{ms}", async (int ms) =>
{
    await Task.Delay(ms);
    return Number(ms);
});
app.MapGet("/block/{ms}", (int ms) =>
{
    Thread.Sleep(ms);
    return Number(ms);
});
app.MapGet("/wait/{ms}", (int ms) =>
{
    Task.Delay(ms).Wait();
    return Number(ms);
});
app.MapPost("/upload", async (HttpRequest request) =>
{
    long count = 0;
    while (true)
    {
        var read = await request.BodyReader.ReadAsync();
        count += read.Buffer.Length;
        request.BodyReader.AdvanceTo(read.Buffer.End);
        if (read.IsCompleted)
            return Number(count);
    }
});
app.MapGet("/file/{name}", Results<PhysicalFileHttpResult, NotFound> (string name) =>
{
    string path = Path.Combine(data ?? ".", "files", Path.GetFileName(name));
    return File.Exists(path) ? TypedResults.PhysicalFile(path, "application/octet-stream", enableRangeProcessing: true) : TypedResults.NotFound();
});
app.MapStaticAssets();
app.MapGet("/ws", async (HttpContext context) =>
{
    using var socket = await context.WebSockets.AcceptWebSocketAsync();
    await EchoAsync(socket, context.RequestAborted);
});
app.Run();

static async Task EchoAsync(WebSocket socket, CancellationToken cancellationToken)
{
    // The buffer that the documentation's example has.
    byte[] buffer = new byte[4096];
    while (true)
    {
        var received = await socket.ReceiveAsync(buffer.AsMemory(), cancellationToken);
        if (received.MessageType == WebSocketMessageType.Close)
            break;
        await socket.SendAsync(buffer.AsMemory(0, received.Count), received.MessageType, received.EndOfMessage, cancellationToken);
    }
    await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, cancellationToken);
}

static ContentHttpResult Number(long number) => TypedResults.Text(number.ToString(CultureInfo.InvariantCulture));
