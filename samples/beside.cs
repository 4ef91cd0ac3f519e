#:project ../src/Millrace/Millrace.csproj
// A program with work of its own and a status page beside it: no host, no container; one line starts the server.
//
//     dotnet run samples/beside.cs 8080        then: curl http://localhost:8080/status
using System.Text.Json.Serialization;
using Millrace;
using static Millrace.Web;

int port = args is [var given, ..] ? int.Parse(given) : 8080;
int rounds = 0;

var app = new Application();
app.AddRoutes([
    Get("/status", request => Response.Json(new Status(rounds), StatusJson.Default.Status)),
    Post("/round", request =>
    {
        Interlocked.Increment(ref rounds);
        return new Response(204);
    }),
]);

// Ctrl-C and SIGTERM end the server; the program's own work ends with it.
Task server = RunAppAsync(app, new RunOptions { Port = port });
using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1));
while (!server.IsCompleted && await Task.WhenAny(server, timer.WaitForNextTickAsync().AsTask()) != server)
    Interlocked.Increment(ref rounds);
await server;

record Status(int Rounds);

[JsonSerializable(typeof(Status))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
partial class StatusJson : JsonSerializerContext;
