// The life of a server: what it opens before it listens, three places where it listens, and an end that loses no request.
//
//     dotnet run --project samples/Lifecycle -- 8080 8443 /tmp/lifecycle.sock
//
//     curl http://localhost:8080/
//     curl -k https://localhost:8443/
//     curl --unix-socket /tmp/lifecycle.sock http://localhost/
//
// Ask for /slow and press CTRL+C while it runs: every step of the end prints a line, and /slow is still answered.

using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Millrace;
using static Millrace.Web;

if (args is not [var plainPort, var securePort, var path] || !IsPort(plainPort, out int plain) || !IsPort(securePort, out int secure))
{
    Console.Error.WriteLine("usage: Lifecycle PORT TLS-PORT SOCKET-PATH");
    return 2;
}

var app = new Application();
app.AddRoutes(Get("/", Hello), Get("/slow", Slow));

// Contexts are entered in this order before anything else happens, and left in the reverse order after everything else.
app.CleanupContexts.Add(OpenGuestBook);
app.CleanupContexts.Add(RunBackgroundTask);
app.OnStartup.Add(app => Console.WriteLine("startup"));
app.OnShutdown.Add(app => Console.WriteLine("shutdown: running requests finish"));
app.OnCleanup.Add(app => Console.WriteLine("cleanup: every connection has ended"));

var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, AskToEnd);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, AskToEnd);

// RunApp does all this for sites of one kind; a runner has any number of them, each with its own rules.
await using var runner = new AppRunner(app) { ShutdownTimeout = TimeSpan.FromSeconds(20) };
await runner.SetupAsync();
BaseSite[] sites =
[
    new TcpSite(runner, "127.0.0.1", plain),
    new TcpSite(runner, "127.0.0.1", secure) { Tls = new TlsOptions { Certificate = TlsCertificate.From(MakeCertificate()) } },
    new UnixSite(runner, path) { Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite },
];
foreach (var site in sites)
    await site.StartAsync();
Console.WriteLine($"Running on {string.Join(", ", sites.Select(site => site.Name))}");

await asked.Task;
Console.WriteLine("asked to end");
await runner.CleanupAsync();
Console.WriteLine("ended");
return 0;

void AskToEnd(PosixSignalContext signal)
{
    // Without this the process would end at once.
    signal.Cancel = true;
    asked.TrySetResult();
}

static Response Hello(Request request) =>
    Response.Text($"Hello, visitor {request.App.Get(State.GuestBook).Sign()}. You came by {request.Scheme} from {request.Remote ?? "this machine"}.\n");

static async Task<Response> Slow(Request request)
{
    Console.WriteLine("/slow begins");
    await Task.Delay(TimeSpan.FromSeconds(1));
    Console.WriteLine("/slow ends");
    return Response.Text("That took a second.\n");
}

static async IAsyncEnumerable<GuestBook> OpenGuestBook(Application app)
{
    Console.WriteLine("the guest book is opened");
    await using var book = new GuestBook();
    app.Set(State.GuestBook, book);
    yield return book;
}

// A task that lives as long as the application: it is told to stop when the end begins, and awaited before what it uses is closed.
static async IAsyncEnumerable<Task> RunBackgroundTask(Application app)
{
    var task = CountAsync(app.Get(State.GuestBook), app.Stopping);
    Console.WriteLine("the background task runs");
    yield return task;
    await task;
    Console.WriteLine("the background task has ended");
}

static async Task CountAsync(GuestBook book, CancellationToken stopping)
{
    using var hourly = new PeriodicTimer(TimeSpan.FromHours(1));
    try
    {
        while (await hourly.WaitForNextTickAsync(stopping))
            Console.WriteLine($"{book.Visitors} visitors so far");
    }
    catch (OperationCanceledException)
    {
        // The application ends.
    }
}

// Signed by nobody but itself, for this run alone: clients have to be told to believe it (curl -k).
static X509Certificate2 MakeCertificate()
{
    using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
    var names = new SubjectAlternativeNameBuilder();
    names.AddDnsName("localhost");
    names.AddIpAddress(IPAddress.Loopback);
    request.CertificateExtensions.Add(names.Build());
    var now = TimeProvider.System.GetUtcNow();
    return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(30));
}

static bool IsPort(string text, out int port) =>
    int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port <= IPEndPoint.MaxPort;

internal static class State
{
    public static readonly AppKey<GuestBook> GuestBook = new("guest book");
}

internal sealed class GuestBook : IAsyncDisposable
{
    private int _visitors;

    public int Visitors => Volatile.Read(ref _visitors);

    public int Sign() => Interlocked.Increment(ref _visitors);

    public async ValueTask DisposeAsync() => await Console.Out.WriteLineAsync($"the guest book is closed after {Visitors} visitors");
}
