#:project ../../src/Millrace/Millrace.csproj
// RunApp is a runner, a site and a wait. A program that has more to do makes them itself: here one application listens in two places.
using System.Runtime.InteropServices;
using Millrace;
using static Millrace.Web;

int port = args is [var given, ..] ? int.Parse(given) : 8080;
string socket = Path.Combine(Path.GetTempPath(), $"millrace-{Environment.ProcessId}.sock");

var app = new Application();
app.AddRoutes(Get("/", request => Response.Text($"by {(request.RemoteEndPoint is System.Net.IPEndPoint ? "TCP" : "a Unix socket")}")));

var asked = new TaskCompletionSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);

await using var runner = new AppRunner(app);
await runner.SetupAsync();
await new UnixSite(runner, socket).StartAsync();
await new TcpSite(runner, "127.0.0.1", port).StartAsync();
Console.WriteLine($"Listening at {socket}");
Console.WriteLine($"Running on {runner.Sites[^1].Name}");
await asked.Task;

void End(PosixSignalContext signal)
{
    signal.Cancel = true;
    asked.TrySetResult();
}
