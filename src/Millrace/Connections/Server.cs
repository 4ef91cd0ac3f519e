using System.Net;
using Microsoft.Extensions.Logging;
using Millrace.Messages;
using Millrace.Protocol.Http1;
using Millrace.Telemetry;
using Millrace.Transport;
using Millrace.Transport.Clock;

namespace Millrace.Connections;

/// <summary>
/// The connections of one server, from accepting to closing (aiohttp: Server). Each is run by a <see cref="RequestHandler"/>, which
/// stands in the registry here as long as it lives.
/// </summary>
internal sealed class Server : IAsyncDisposable
{
    private readonly ServerTransport _transport;
    private readonly Handler _handler;

    // Null where the caller has suppressed its flow: then there is nothing to see and nothing to keep apart.
    private readonly ExecutionContext? _context = ExecutionContext.Capture();
    private readonly Lock _lock = new();
    private readonly HashSet<RequestHandler> _connections = [];
    private readonly List<Listener> _listeners = [];
    private readonly DateField _date;
    private TaskCompletionSource? _allEnded;

    public Server(Handler handler, ServerOptions options, ServerTransport transport, ILoggerFactory loggers)
    {
        _handler = handler;
        _transport = transport;
        Options = options;
        Logger = loggers.CreateLogger("Millrace.Server");
        ServerField = options.ServerHeader is null ? [] : System.Text.Encoding.Latin1.GetBytes(options.ServerHeader);
        Limits = new Http1Limits
        {
            RequestLineBytesMax = options.RequestLineBytesMax,
            FieldBytesMax = options.FieldBytesMax,
            FieldCountMax = options.FieldCountMax,
            HeadBytesMax = options.HeadBytesMax,
        };
        HeadReaders = new HeadReaderPool(Limits);
        RequestSettings = new RequestSettings(
            options.BodyBytesMax,
            options.DecodeBodies ? new DecodingLimits(options.DecodedBodyBytesMax, options.DecodedBodyRatioMax) : null,
            options.Proxies)
        {
            TimeProvider = options.TimeProvider,
        };
        _date = new DateField(new LoopClock(options.TimeProvider));
        options.AccessLog?.Attach(options.LoggerFactory);
        Metrics = new ServerMetrics(() => transport.HandOvers);
    }

    public ServerOptions Options { get; }

    public ILogger Logger { get; }

    public AbstractAccessLogger? AccessLog => Options.AccessLog;

    /// <summary>Whether anybody wants to know about the request that begins now.</summary>
    public bool NotesRequests => AccessLog is { IsEnabled: true };

    public ServerMetrics Metrics { get; }

    public Http1Limits Limits { get; }

    public HeadReaderPool HeadReaders { get; }

    public RequestSettings RequestSettings { get; }

    public byte[] ServerField { get; }

    /// <summary>The value of the Date field; empty if none is wanted.</summary>
    public ReadOnlySpan<byte> Date => Options.DateHeader ? _date.Value : [];

    /// <summary>True once the server ends: connections close after the request they are at.</summary>
    public bool IsStopping { get; private set; }

    /// <summary>Number of open connections.</summary>
    public int ConnectionCount
    {
        get
        {
            lock (_lock)
                return _connections.Count;
        }
    }

    /// <summary>Listens, and encrypts if <paramref name="tls"/> says how; returns the address with the real port.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">The address cannot be bound.</exception>
    public EndPoint Listen(EndPoint endPoint, ListenOptions options, TlsOptions? tls = null)
    {
        var handshake = tls is null ? null : new TlsHandshake(tls);
        var listener = _transport.Listen(endPoint, options, connection => OnAccepted(connection, handshake));
        lock (_lock)
            _listeners.Add(listener);
        return listener.LocalEndPoint;
    }

    /// <summary>Runs the handler. What it throws before its first await becomes a faulted task, what it leaves in AsyncLocals is undone.</summary>
    public ValueTask<StreamResponse> Invoke(Request request)
    {
        // Values set before the server started are seen by every request; values that a request sets, by that one alone.
        RestoreContext();
        try
        {
            return _handler(request);
        }
        catch (Exception e)
        {
            return ValueTask.FromException<StreamResponse>(e);
        }
        finally
        {
            RestoreContext();
        }
    }

    /// <summary>
    /// Ends gracefully: nothing new is accepted, idle connections close at once, the others after their request. What still runs after
    /// <paramref name="timeout"/> is aborted.
    /// </summary>
    public async Task StopAsync(TimeSpan timeout)
    {
        RequestHandler[] connections;
        Listener[] listeners;
        lock (_lock)
        {
            // From here on every response says that it is the last; whoever is still accepted gets one.
            IsStopping = true;
            listeners = [.. _listeners];
            _listeners.Clear();
        }
        foreach (var listener in listeners)
            await listener.StopAsync().ConfigureAwait(false);
        lock (_lock)
        {
            connections = [.. _connections];
            _allEnded = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (connections.Length == 0)
                _allEnded.SetResult();
        }
        foreach (var connection in connections)
            connection.Stop();
        try
        {
            await _allEnded.Task.WaitAsync(timeout, Options.TimeProvider).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            await AbortAllAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Ends the loops, and before them whatever <see cref="StopAsync"/> was not asked to end. A handler that never returns keeps its thread until the process ends.</summary>
    public async ValueTask DisposeAsync()
    {
        // A start that failed half-way leaves listeners behind.
        if (!IsStopping)
            await StopAsync(TimeSpan.Zero).ConfigureAwait(false);
        if (AccessLog is not null)
            await AccessLog.FlushAsync().ConfigureAwait(false);
        Metrics.Dispose();
        var ended = _transport.DisposeAsync().AsTask();
        if (ConnectionCount == 0)
            await ended.ConfigureAwait(false);
    }

    /// <summary>The connection has ended and leaves the registry.</summary>
    public void Remove(RequestHandler connection)
    {
        lock (_lock)
        {
            if (_connections.Remove(connection) && _connections.Count == 0)
                _allEnded?.TrySetResult();
        }
    }

    private void RestoreContext()
    {
        if (_context is not null)
            ExecutionContext.Restore(_context);
    }

    private void OnAccepted(Connection connection, TlsHandshake? handshake)
    {
        var handler = new RequestHandler(this, connection, handshake);
        bool stopping;
        lock (_lock)
        {
            _connections.Add(handler);
            stopping = IsStopping;
        }
        handler.Start();
        if (stopping)
            handler.Stop();
    }

    private async Task AbortAllAsync()
    {
        RequestHandler[] connections;
        lock (_lock)
            connections = [.. _connections];
        foreach (var connection in connections)
            connection.Abort();
        Logger.ShutdownTimedOut(connections.Length);
        // Handlers that heed their token or their connection end now; the others are left behind.
        await Task.WhenAny(_allEnded!.Task, Task.Delay(TimeSpan.FromSeconds(1), Options.TimeProvider)).ConfigureAwait(false);
    }
}
