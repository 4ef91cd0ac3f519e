#:project ../../src/Millrace/Millrace.csproj
// The server below applications: one handler for everything, no router, no signals.
using System.Runtime.InteropServices;
using Millrace;

int port = args is [var given, ..] ? int.Parse(given) : 8080;
var asked = new TaskCompletionSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);

await using var server = new Server(request => Response.Text($"{request.Method} {request.Path}, whatever it is"));
await using var runner = new ServerRunner(server);
await runner.SetupAsync();
var site = new TcpSite(runner, "127.0.0.1", port);
await site.StartAsync();
Console.WriteLine($"Running on {site.Name}");
await asked.Task;

void End(PosixSignalContext signal)
{
    signal.Cancel = true;
    asked.TrySetResult();
}
