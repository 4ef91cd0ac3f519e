using System.Net;
using Microsoft.Extensions.Logging;
using Millrace.Connections;
using Millrace.Messages;
using Millrace.Protocol.Http1;
using Millrace.Protocol.Multipart;
using Millrace.Telemetry;
using Millrace.Transport;
using Millrace.Transport.Clock;

namespace Millrace;

/// <summary>
/// The low level: one handler that answers every request, without application, routes or middlewares (aiohttp: <c>web.Server</c>). Run it
/// with a <see cref="ServerRunner"/>. The server of an application is made by its <see cref="AppRunner"/>.
/// </summary>
/// <remarks>It is run once; make another to run again.</remarks>
public sealed partial class Server : IAsyncDisposable
{
    // Each connection is run by a RequestHandler, which stands in the registry here as long as it lives.
    private ServerTransport? _transport;
    private LoopLag? _loopLag;
    private readonly Handler _handler;
    private readonly Func<Request, HttpException, ValueTask<StreamResponse>>? _refuse;

    // Null where the caller has suppressed its flow: then there is nothing to see and nothing to keep apart.
    private readonly ExecutionContext? _context = ExecutionContext.Capture();
    private readonly Lock _lock = new();
    private readonly HashSet<RequestHandler> _connections = [];
    private readonly List<Listener> _listeners = [];
    private readonly Admission _admission;
    private readonly DateField _date;
    private long _requestsOfEnded;

    /// <summary>A server for one handler.</summary>
    /// <param name="handler">Answers every request.</param>
    /// <param name="options">Transport, limits, timeouts and logging; default all of them at their defaults, with warnings and errors logged to the console.</param>
    public Server(Handler handler, ServerOptions? options = null)
        : this(handler, options ?? new ServerOptions(), options?.LoggerFactory ?? ConsoleLogger.Factory)
    {
        ArgumentNullException.ThrowIfNull(handler);
    }

    /// <summary>A server for one handler that answers at once.</summary>
    /// <param name="handler">Answers every request.</param>
    /// <param name="options">Transport, limits, timeouts and logging; default all of them at their defaults, with warnings and errors logged to the console.</param>
    public Server(Func<Request, StreamResponse> handler, ServerOptions? options = null)
        : this(request => new ValueTask<StreamResponse>(handler(request)), options)
    {
        ArgumentNullException.ThrowIfNull(handler);
    }

    /// <param name="handler">Answers requests.</param>
    /// <param name="options">What is allowed.</param>
    /// <param name="transport">Opened, and the server's to close.</param>
    /// <param name="loggers">Where the log goes.</param>
    /// <param name="refuse">Answers what could not be read as a request; null has it refused without asking anybody.</param>
    internal Server(Handler handler, ServerOptions options, ServerTransport transport, ILoggerFactory loggers, Func<Request, HttpException, ValueTask<StreamResponse>>? refuse = null)
        : this(handler, options, loggers)
    {
        _refuse = refuse;
        Open(transport);
    }

    private Server(Handler handler, ServerOptions options, ILoggerFactory loggers)
    {
        _handler = handler;
        Loggers = loggers;

        Options = options;
        Logger = new HarmlessLogger(loggers.CreateLogger("Millrace.Server"));
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
            Forms = new FormLimits(
                new MultipartLimits { Head = Limits },
                options.FormPartsMax,
                options.FormMemoryBytesMax,
                options.FormDirectory,
                options.MultipartDepthMax,
                new DecodingLimits(options.DecodedBodyBytesMax, options.DecodedBodyRatioMax)),
        };
        _date = new DateField(new LoopClock(options.TimeProvider));
        options.AccessLog?.Attach(options.LoggerFactory);
        Metrics = new ServerMetrics(() => _transport?.HandOvers ?? 0, () => _loopLag?.Measure() ?? []);
        _admission = new Admission(this);
    }

    internal ServerOptions Options { get; }

    internal ILoggerFactory Loggers { get; }

    /// <summary>True if the options give any handler up.</summary>
    internal bool LimitsHandlers => Options.HandlerCancellation || Options.HandlerTimeout != Timeout.InfiniteTimeSpan;

    internal AbstractAccessLogger? AccessLog => Options.AccessLog;

    /// <summary>Whether anybody wants to know about the request that begins now.</summary>
    internal bool NotesRequests => AccessLog is { IsEnabled: true } || Metrics.MeasuresRequests || ServerTracing.IsOn;

    internal ILogger Logger { get; }

    internal ServerMetrics Metrics { get; }

    internal Http1Limits Limits { get; }

    internal HeadReaderPool HeadReaders { get; }

    internal RequestSettings RequestSettings { get; }

    internal byte[] ServerField { get; }

    /// <summary>The value of the Date field; empty if none is wanted.</summary>
    internal ReadOnlySpan<byte> Date => Options.DateHeader ? _date.Value : [];

    /// <summary>True once the server ends: every response carries <c>Connection: close</c>.</summary>
    public bool IsStopping { get; private set; }

    /// <summary>The number of open connections.</summary>
    public int ConnectionCount
    {
        get
        {
            lock (_lock)
                return _connections.Count;
        }
    }

    /// <summary>The number of requests that were begun.</summary>
    public long RequestCount
    {
        get
        {
            lock (_lock)
                return _requestsOfEnded + _connections.Sum(connection => connection.RequestCount);
        }
    }

    /// <summary>Asks whoever runs the server to end it gracefully, when a handler threw <see cref="GracefulExit"/>.</summary>
    internal Action? OnGracefulExit { get; set; }

    /// <summary>Takes a transport to listen on; it is the server's to end.</summary>
    /// <exception cref="InvalidOperationException">It has one already.</exception>
    internal void Open(ServerTransport transport)
    {
        if (Interlocked.CompareExchange(ref _transport, transport, null) is not null)
            throw new InvalidOperationException("The server has run already: a Server runs once. Make another with the same handler.");
        _loopLag = new LoopLag(transport.EventLoops, Options.TimeProvider);
    }

    /// <summary>Listens; returns the address with the real port.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">The address cannot be bound.</exception>
    internal EndPoint Listen(EndPoint endPoint, ListenOptions options, TlsOptions? tls = null) => StartListener(endPoint, options, tls).LocalEndPoint;

    /// <summary>Listens until the listener, or the server, is stopped, and encrypts if <paramref name="tls"/> says how.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">The address cannot be bound.</exception>
    internal Listener StartListener(EndPoint endPoint, ListenOptions options, TlsOptions? tls) =>
        Keep(_transport!.Listen(endPoint, options, AcceptBy(tls)));

    /// <summary>Listens on a socket that is bound, and takes it over.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">It cannot listen.</exception>
    internal Listener StartListener(System.Net.Sockets.Socket socket, ListenOptions options, TlsOptions? tls) =>
        Keep(_transport!.Listen(socket, options, AcceptBy(tls)));

    /// <summary>Listens where the transport knows no way: on the loops that the others share.</summary>
    internal Listener StartListener(Func<IReadOnlyList<EventLoop>, Action<Connection>, Listener> listen, TlsOptions? tls) =>
        Keep(listen(_transport!.EventLoops, AcceptBy(tls)));

    /// <summary>Stops one listener; the connections it accepted live on.</summary>
    internal async ValueTask StopListenerAsync(Listener listener)
    {
        await listener.StopAsync().ConfigureAwait(false);
        lock (_lock)
            _listeners.Remove(listener);
    }

    /// <summary>Runs the handler. What it throws before its first await becomes a faulted task, what it leaves in AsyncLocals is undone.</summary>
    internal ValueTask<StreamResponse> Invoke(Request request) => Invoke(_handler, request);

    /// <summary>As <see cref="Invoke(Request)"/>, with something to do before in the handler's context, which nobody else sees.</summary>
    internal ValueTask<StreamResponse> Invoke(Request request, Action<Request> before) => Invoke(asked =>
    {
        before(asked);
        return _handler(asked);
    }, request);

    /// <summary>True if the application wants to see what could not be read as a request.</summary>
    internal bool AnswersFaults => _refuse is not null;

    /// <summary>As <see cref="Invoke(Request)"/>, for what could not be read as a request.</summary>
    internal ValueTask<StreamResponse> Refuse(Request request, HttpException refusal) => Invoke(unread => _refuse!(unread, refusal), request);

    private ValueTask<StreamResponse> Invoke(Handler handler, Request request)
    {
        // Values set before the server started are seen by every request; values that a request sets, by that one alone.
        RestoreContext();
        try
        {
            return handler(request);
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

    /// <summary>The connection has ended and leaves the registry.</summary>
    internal void Remove(RequestHandler connection)
    {
        lock (_lock)
        {
            if (!_connections.Remove(connection))
                return;
            _admission.Leave(connection);
            _requestsOfEnded += connection.RequestCount;
            if (_connections.Count == 0)
                _allEnded?.TrySetResult();
        }
    }

    private Action<Connection> AcceptBy(TlsOptions? tls)
    {
        var handshake = tls is null ? null : new TlsHandshake(tls);
        return connection => OnAccepted(connection, handshake);
    }

    private Listener Keep(Listener listener)
    {
        lock (_lock)
            _listeners.Add(listener);
        return listener;
    }

    private void RestoreContext()
    {
        if (_context is not null)
            ExecutionContext.Restore(_context);
    }

    private void OnAccepted(Connection connection, TlsHandshake? handshake)
    {
        var welcome = _admission.Enter(connection);
        if (welcome == Welcome.Overrun)
        {
            connection.Close();
            return;
        }
        var handler = new RequestHandler(this, connection, handshake) { IsRefused = welcome == Welcome.Refused };
        bool stopping;
        lock (_lock)
        {
            _connections.Add(handler);
            stopping = IsStopping;
        }
        if (welcome == Welcome.Queued)
            _admission.Queue(handler);
        else
            handler.Start();
        if (stopping)
            handler.BeginStop(JustUsedMilliseconds);
    }
}
