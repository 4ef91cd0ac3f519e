using System.Net;
using Millrace.Transport;

namespace Millrace;

/// <summary>A place where clients connect to the server of a runner (aiohttp: BaseSite). The sites of a runner share its server.</summary>
public abstract class BaseSite
{
    private readonly BaseRunner _runner;
    private readonly Server _server;
    private readonly SemaphoreSlim _turn = new(1);
    private readonly List<Listener> _listeners = [];

    private protected BaseSite(BaseRunner runner)
    {
        ArgumentNullException.ThrowIfNull(runner);
        _runner = runner;
        _server = runner.Server ?? throw new InvalidOperationException("The runner is not set up: call SetupAsync before you make a site.");
    }

    /// <summary>How aiohttp writes the place: <c>http://host:port</c>, <c>http://unix:PATH:</c>.</summary>
    public abstract string Name { get; }

    /// <summary>How many connections the system may hold until the server accepts them; default 512.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set below 1.</exception>
    public int Backlog
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            field = value;
        }
    } = 512;

    /// <summary>Certificates and rules for encrypted connections (https); null, the default, serves plain http.</summary>
    public TlsOptions? Tls { get; init; }

    /// <summary>The addresses it listens on, with their real ports; empty while it is stopped.</summary>
    public IReadOnlyList<EndPoint> Addresses
    {
        get
        {
            lock (_listeners)
                return [.. _listeners.Select(listener => listener.LocalEndPoint)];
        }
    }

    /// <summary>Binds and listens; clients are served from here on.</summary>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <exception cref="InvalidOperationException">It is started already, or its runner has ended.</exception>
    /// <exception cref="System.Net.Sockets.SocketException">The address cannot be bound.</exception>
    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            Tls?.Check();
            if (_runner.Server != _server)
                throw new InvalidOperationException("The runner has ended: set it up again and make a new site.");
            _runner.Register(this);
            try
            {
                await ListenAsync(_server, cancellationToken).ConfigureAwait(false);
            }
            catch
            {
                await StopListenersAsync().ConfigureAwait(false);
                _runner.Unregister(this);
                throw;
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Stops listening. The connections it has accepted live on until the runner ends.</summary>
    /// <exception cref="InvalidOperationException">It is not started.</exception>
    public Task StopAsync()
    {
        _runner.CheckRegistered(this);
        return EndAsync();
    }

    /// <summary>As <see cref="StopAsync"/>, whether it is started or not.</summary>
    internal async Task EndAsync()
    {
        await _turn.WaitAsync().ConfigureAwait(false);
        try
        {
            await StopListenersAsync().ConfigureAwait(false);
        }
        finally
        {
            _runner.Unregister(this);
            _turn.Release();
        }
    }

    private protected string Scheme => Tls is null ? "http" : "https";

    /// <summary>Starts the listeners and keeps each by <see cref="Keep"/>.</summary>
    private protected abstract ValueTask ListenAsync(Server server, CancellationToken cancellationToken);

    /// <summary>The listeners are stopped: whatever else was made is cleared away.</summary>
    private protected virtual void OnStopped()
    {
    }

    private protected EndPoint Keep(Listener listener)
    {
        lock (_listeners)
            _listeners.Add(listener);
        return listener.LocalEndPoint;
    }

    private async Task StopListenersAsync()
    {
        Listener[] listeners;
        lock (_listeners)
            listeners = [.. _listeners];
        foreach (var listener in listeners)
            await _server.StopListenerAsync(listener).ConfigureAwait(false);
        lock (_listeners)
            _listeners.Clear();
        OnStopped();
    }
}
