using Millrace.Connections;
using Millrace.Hosting;
using Millrace.Transport;

namespace Millrace;

public static partial class Web
{
    /// <summary>
    /// Runs an application until Ctrl-C or SIGTERM, then lets running requests finish and returns (aiohttp: <c>web.run_app</c>).
    /// </summary>
    /// <param name="app">The application. It cannot be changed from here on.</param>
    /// <param name="options">Where and how; default port 8080 on all interfaces.</param>
    /// <exception cref="System.Net.Sockets.SocketException">The address cannot be bound: another program has it, or it is none of this machine.</exception>
    public static void RunApp(Application app, RunOptions? options = null) =>
        RunAppAsync(app, options).GetAwaiter().GetResult();

    /// <summary>As <see cref="RunApp"/>, for a program that goes on beside it.</summary>
    /// <param name="app">The application. It cannot be changed from here on.</param>
    /// <param name="options">Where and how; default port 8080 on all interfaces.</param>
    /// <param name="cancellationToken">Ends the server gracefully, as Ctrl-C does.</param>
    /// <exception cref="System.Net.Sockets.SocketException">The address cannot be bound: another program has it, or it is none of this machine.</exception>
    public static async Task RunAppAsync(Application app, RunOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(app);
        options ??= new RunOptions();
        app.Claim();
        try
        {
            await app.StartupAsync(cancellationToken).ConfigureAwait(false);
            await ServeAsync(app, options, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await app.CleanupAsync(CancellationToken.None).ConfigureAwait(false);
        }
    }

    private static async Task ServeAsync(Application app, RunOptions options, CancellationToken cancellationToken)
    {
        var serverOptions = options.Server ?? new ServerOptions();
        var loggers = serverOptions.LoggerFactory ?? ConsoleLogger.Factory;
        var server = new Server(app.Freeze(), serverOptions, Transports.Open(serverOptions, loggers), loggers, app.Refuser);
        await using (server.ConfigureAwait(false))
        {
            // Listened to before the address is bound: who sees the banner may already send the signal.
            using var exit = new ExitSignals(options.HandleSignals, cancellationToken);
            var listenOptions = new ListenOptions { Backlog = options.Backlog, ReusePort = options.ReusePort };
            var names = new List<string>();
            foreach (var endPoint in await ListenEndPoints.ResolveAsync(options.Host, options.Port, cancellationToken).ConfigureAwait(false))
                names.Add(ListenEndPoints.NameOf(server.Listen(endPoint, listenOptions), options.Host));
            names.Sort(StringComparer.Ordinal);
            options.Print?.Invoke($"======== Running on {string.Join(", ", names.Distinct())} ========\n(Press CTRL+C to quit)");
            await exit.Received.ConfigureAwait(false);
            await app.ShutdownAsync(CancellationToken.None).ConfigureAwait(false);
            await server.StopAsync(options.ShutdownTimeout).ConfigureAwait(false);
        }
    }
}
