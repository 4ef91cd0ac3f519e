using System.Net;

namespace Millrace;

/// <summary>
/// Starts a server, keeps its sites, and ends it (aiohttp: BaseRunner). For programs that want more than <see cref="Web.RunApp(Application, RunOptions)"/>
/// gives: several runners in one process, sites that come and go.
/// </summary>
/// <example><c>await using var runner = new AppRunner(app); await runner.SetupAsync(); await new TcpSite(runner, "localhost", 8080).StartAsync();</c></example>
public abstract partial class BaseRunner : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly List<BaseSite> _sites = [];
    private bool _isSetUp;
    private Task? _ending;

    private protected BaseRunner(TimeProvider timeProvider) => TimeProvider = timeProvider;

    /// <summary>The server; null before <see cref="SetupAsync"/> and after <see cref="CleanupAsync()"/>.</summary>
    public Server? Server { get; private set; }

    /// <summary>The sites that were started and not stopped, in the order they were started.</summary>
    public IReadOnlyList<BaseSite> Sites
    {
        get
        {
            lock (_lock)
                return [.. _sites];
        }
    }

    /// <summary>The addresses that the sites listen on.</summary>
    public IReadOnlyList<EndPoint> Addresses => [.. Sites.SelectMany(site => site.Addresses)];

    /// <summary>How long requests that run, and the receivers of <see cref="Application.OnShutdown"/>, may take when the runner ends; default 60 s. Then they are cancelled.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to a negative time.</exception>
    public TimeSpan ShutdownTimeout { get; init => field = RunOptions.NotNegative(value); } = TimeSpan.FromSeconds(60);

    /// <summary>How long the receivers of <see cref="Application.OnCleanup"/> and the cleanup contexts may take altogether; default 30 s. Then they are left behind.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to a negative time.</exception>
    public TimeSpan CleanupTimeout { get; init => field = RunOptions.NotNegative(value); } = TimeSpan.FromSeconds(30);

    /// <summary>How long the runner, when it ends, serves on as before, so that load balancers notice that it is <see cref="Application.Stopping"/>; default none.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to a negative time.</exception>
    public TimeSpan ReadinessDelay { get; init => field = RunOptions.NotNegative(value); }

    /// <summary>Awaited when the runner ends, after the sites have stopped and before <see cref="Application.OnShutdown"/> (aiohttp: shutdown_callback).</summary>
    public Func<Task>? ShutdownCallback { get; set; }

    private protected TimeProvider TimeProvider { get; }

    /// <summary>Starts the application, if there is one, and the server. Sites can be started from here on.</summary>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <exception cref="InvalidOperationException">It is set up already, or the application runs elsewhere.</exception>
    public async Task SetupAsync(CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            if (_isSetUp)
                throw new InvalidOperationException("The runner is set up already: call CleanupAsync before it is set up again.");
            Claim();
            _isSetUp = true;
            _ending = null;
        }
        try
        {
            Server = await StartServerAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception start)
        {
            try
            {
                await CleanupAsync(CancellationToken.None).ConfigureAwait(false);
            }
            catch (Exception cleanup)
            {
                throw new AggregateException("The start failed, and so did clearing away what had been started.", start, cleanup);
            }
            throw;
        }
    }

    /// <summary>
    /// Ends gracefully: stops the sites, closes idle connections, lets requests finish for <see cref="ShutdownTimeout"/>, aborts what is left, cleans up.
    /// A runner that is not set up has nothing to end.
    /// </summary>
    /// <exception cref="AggregateException">Several of the application's receivers failed, which stopped nothing; if it was one, what it threw.</exception>
    public Task CleanupAsync() => CleanupAsync(CancellationToken.None);

    /// <summary>As <see cref="CleanupAsync()"/>.</summary>
    public async ValueTask DisposeAsync()
    {
        await CleanupAsync().ConfigureAwait(false);
        GC.SuppressFinalize(this);
    }

    /// <summary>As <see cref="CleanupAsync()"/>; when the token is cancelled nothing is waited for any more, but cleaning up is still tried.</summary>
    internal Task CleanupAsync(CancellationToken hurry)
    {
        lock (_lock)
        {
            if (!_isSetUp)
                return Task.CompletedTask;
            return _ending ??= EndAsync(hurry);
        }
    }

    internal void Register(BaseSite site)
    {
        lock (_lock)
        {
            if (_sites.Contains(site))
                throw new InvalidOperationException($"The site {site.Name} is started already.");
            _sites.Add(site);
        }
    }

    internal void CheckRegistered(BaseSite site)
    {
        lock (_lock)
        {
            if (!_sites.Contains(site))
                throw new InvalidOperationException($"The site {site.Name} is not started: there is nothing to stop.");
        }
    }

    internal void Unregister(BaseSite site)
    {
        lock (_lock)
            _sites.Remove(site);
    }

    /// <summary>Takes what is run for this runner alone.</summary>
    private protected abstract void Claim();

    private protected abstract Task<Server> StartServerAsync(CancellationToken cancellationToken);

    /// <summary>Tells that the end begins; requests are still served as before.</summary>
    private protected abstract Task TellStoppingAsync();

    private protected abstract Task ShutdownAsync(CancellationToken cancellationToken);

    private protected abstract Task CleanupServerAsync(CancellationToken cancellationToken);
}
