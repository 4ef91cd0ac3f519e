// Run by the tests of Hosting: a server as a process of its own. Its handlers say what they do and take as long as the test wants.
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Millrace;
using static Millrace.Web;

int port = 0;
double timeout = 60;
bool sharesPort = false, isActivated = false, usesSockets = false, isEncrypted = false, fails = false;
for (int i = 0; i < args.Length; i++)
{
    switch (args[i])
    {
        case "--port":
            port = int.Parse(args[++i]);
            break;
        case "--timeout":
            timeout = double.Parse(args[++i]);
            break;
        case "--share":
            sharesPort = true;
            break;
        case "--systemd":
            isActivated = true;
            break;
        case "--tls":
            isEncrypted = true;
            break;
        case "--fail":
            fails = true;
            break;
        case "--sockets":
            usesSockets = true;
            break;
    }
}

var app = new Application();
app.AddRoutes([Get("/", Hello), Get("/process", Process), Get("/wait", WaitForLineAsync), Get("/stuck", StuckAsync), Get("/exit", Exit), Get("/inherited", InheritedAsync)]);
app.OnCleanup.Add(_ => Console.WriteLine("cleaned up"));
if (fails)
    app.OnStartup.Add(_ => throw new InvalidOperationException("The start fails."));
var server = new ServerOptions { Transport = usesSockets ? TransportKind.Sockets : TransportKind.Automatic };
RunApp(app, isActivated
    ? new RunOptions { Sockets = SystemdSockets.Take(), ShutdownTimeout = TimeSpan.FromSeconds(timeout), Server = server }
    : new RunOptions { Host = "127.0.0.1", Port = port, Tls = isEncrypted ? MakeTls() : null, ReusePort = sharesPort, ShutdownTimeout = TimeSpan.FromSeconds(timeout), Server = server });
Console.WriteLine("ended");

static TlsOptions MakeTls()
{
    using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    var now = TimeProvider.System.GetUtcNow();
    return new TlsOptions { Certificate = TlsCertificate.From(new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256).CreateSelfSigned(now.AddDays(-1), now.AddDays(1))) };
}

static Response Hello(Request request) => Response.Text("Hello, world");

static Response Process(Request request) => Response.Text($"{Environment.ProcessId}");

// Whether a program that this one starts has the descriptor that this one was started with.
static async Task<Response> InheritedAsync(Request request)
{
    using var program = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("/bin/sh", ["-c", "test -e /proc/$$/fd/3 && echo yes || echo no"]) { RedirectStandardOutput = true })!;
    return Response.Text(await program.StandardOutput.ReadToEndAsync());
}

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
