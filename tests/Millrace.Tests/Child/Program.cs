// Run by the tests of Hosting: a server as a process of its own. Its handlers say what they do and take as long as the test wants.
using Millrace;
using static Millrace.Web;

int port = 0, timeout = 60;
bool sharesPort = false, isActivated = false, usesSockets = false;
for (int i = 0; i < args.Length; i++)
{
    switch (args[i])
    {
        case "--port":
            port = int.Parse(args[++i]);
            break;
        case "--timeout":
            timeout = int.Parse(args[++i]);
            break;
        case "--share":
            sharesPort = true;
            break;
        case "--systemd":
            isActivated = true;
            break;
        case "--sockets":
            usesSockets = true;
            break;
    }
}

var app = new Application();
app.AddRoutes([Get("/", Hello), Get("/process", Process), Get("/wait", WaitForLineAsync), Get("/stuck", StuckAsync), Get("/exit", Exit)]);
app.OnCleanup.Add(_ => Console.WriteLine("cleaned up"));
var server = new ServerOptions { Transport = usesSockets ? TransportKind.Sockets : TransportKind.Automatic };
RunApp(app, isActivated
    ? new RunOptions { Sockets = SystemdSockets.Take(), ShutdownTimeout = TimeSpan.FromSeconds(timeout), Server = server }
    : new RunOptions { Host = "127.0.0.1", Port = port, ReusePort = sharesPort, ShutdownTimeout = TimeSpan.FromSeconds(timeout), Server = server });
Console.WriteLine("ended");

static Response Hello(Request request) => Response.Text("Hello, world");

static Response Process(Request request) => Response.Text($"{Environment.ProcessId}");

static Response Exit(Request request) => throw new GracefulExit();

static async Task<Response> WaitForLineAsync(Request request)
{
    Console.WriteLine("running");
    return Response.Text(await Console.In.ReadLineAsync() ?? "");
}

static async Task<Response> StuckAsync(Request request)
{
    Console.WriteLine("running");
    await new TaskCompletionSource().Task;
    return new Response();
}
