using System.Net;
using System.Text.RegularExpressions;

namespace Millrace.Tests.Support;

/// <summary>An application under RunAppAsync, as a user runs it, ended by its token.</summary>
internal sealed partial class RunningApp : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource<string> _banner = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public RunningApp(IEnumerable<Route> routes, Kind kind = Kind.Epoll, string? host = "127.0.0.1", TimeSpan? shutdownTimeout = null)
    {
        var app = new Application();
        app.AddRoutes(routes);
        Running = RunAppAsync(app, new RunOptions
        {
            Host = host,
            Port = 0,
            Print = _banner.SetResult,
            HandleSignals = false,
            ShutdownTimeout = shutdownTimeout ?? TimeSpan.FromSeconds(60),
            Server = new ServerOptions { Transport = kind == Kind.Sockets ? TransportKind.Sockets : TransportKind.Automatic, LoggerFactory = Log },
        }, _stop.Token);
    }

    public LogRecorder Log { get; } = new();

    public Task Running { get; }

    /// <summary>What was printed once the server listened.</summary>
    public Task<string> BannerAsync() => _banner.Task.InTime();

    public async Task<int> PortAsync() => int.Parse(PortPattern().Match(await BannerAsync()).Groups[1].ValueSpan, provider: null);

    public async Task<RawClient> ConnectAsync() => await RawClient.ConnectAsync(new IPEndPoint(IPAddress.Loopback, await PortAsync()));

    /// <summary>As Ctrl-C.</summary>
    public void Stop() => _stop.Cancel();

    public async ValueTask DisposeAsync()
    {
        Stop();
        await Running.InTime();
        _stop.Dispose();
        Assert.Empty(Log.Complaints);
    }

    [GeneratedRegex(@"http://\S+:(\d+)")]
    private static partial Regex PortPattern();
}
