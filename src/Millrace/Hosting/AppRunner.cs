using Millrace.Hosting;
using Millrace.Telemetry;

namespace Millrace;

/// <summary>Runs an application (aiohttp: AppRunner). It may be set up again after its cleanup; an application is run by one runner at a time.</summary>
public sealed class AppRunner : BaseRunner
{
    private readonly ServerOptions _options;

    /// <summary>A runner for an application.</summary>
    /// <param name="app">The application. It is frozen by <see cref="BaseRunner.SetupAsync"/>.</param>
    /// <param name="options">Transport, limits, timeouts and logging; default all of them at their defaults, with warnings and errors logged to the console.</param>
    public AppRunner(Application app, ServerOptions? options = null)
        : base(options?.TimeProvider ?? TimeProvider.System)
    {
        ArgumentNullException.ThrowIfNull(app);
        App = app;
        _options = options ?? new ServerOptions();
    }

    /// <summary>The application.</summary>
    public Application App { get; }

    private protected override void Claim() => App.Claim();

    private protected override async Task<Server> StartServerAsync(CancellationToken cancellationToken)
    {
        await App.StartupAsync(cancellationToken).ConfigureAwait(false);
        var loggers = _options.LoggerFactory ?? ConsoleLogger.Factory;
        return new Server(App.Freeze(), _options, Transports.Open(_options, loggers), loggers, App.Refuser) { OnGracefulExit = App.Stop };
    }

    private protected override Task TellStoppingAsync() => App.BeginStoppingAsync();

    private protected override Task ShutdownAsync(CancellationToken cancellationToken) => App.ShutdownAsync(cancellationToken);

    private protected override Task CleanupServerAsync(CancellationToken cancellationToken) => App.CleanupAsync(cancellationToken);
}
