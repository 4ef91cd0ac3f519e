using System.Net;
using System.Net.Security;
using Millrace.Testing;
using Millrace.Transport;
using Millrace.Transport.Epoll;
using Millrace.Transport.Sockets;

namespace Millrace.Tests.Support;

/// <summary>
/// The real server on one of the transports, listening on loopback. At its end it stops gracefully; then no connection and no buffer
/// may be left over, and nothing may have been logged as a warning or worse that the test did not take.
/// </summary>
internal sealed class RunningServer : IAsyncDisposable
{
    private readonly ServerTransport _transport;
    private bool _stopped;

    public RunningServer(Kind kind, IEnumerable<Route> routes, ServerOptions? options = null, TlsOptions? tls = null)
        : this(kind, HandlerOf(routes), options, tls: tls)
    {
    }

    /// <summary>A whole application, whose middlewares see what could not be read, too.</summary>
    public RunningServer(Kind kind, Application app, ServerOptions? options = null)
        : this(kind, app.Freeze(), options, refuse: app.Refuser)
    {
    }

    public RunningServer(Kind kind, Handler handler, ServerOptions? options = null, Func<ServerTransport, ServerTransport>? wrap = null, int pipeCapacity = 64 * 1024,
        TlsOptions? tls = null, Func<Request, HttpException, ValueTask<StreamResponse>>? refuse = null)
    {
        options ??= new ServerOptions();
        var transportOptions = new TransportOptions
        {
            Loops = options.Loops,
            HandOverInterval = options.HandOverInterval,
            TimeProvider = options.TimeProvider,
            Logger = Log.CreateLogger("Millrace.Transport"),
        };
        _transport = kind switch
        {
            Kind.Epoll => new EpollTransport(transportOptions),
            Kind.Sockets => new SocketTransport(transportOptions),
            _ => new InMemoryTransport(transportOptions, pipeCapacity),
        };
        Server = new Server(handler, options, wrap is null ? _transport : wrap(_transport), Log, refuse);
        EndPoint = (IPEndPoint)Server.Listen(new IPEndPoint(IPAddress.Loopback, 0), new ListenOptions(), tls);
    }

    public LogRecorder Log { get; } = new();

    public Server Server { get; }

    public IPEndPoint EndPoint { get; }

    /// <summary>Buffers that are out now, over all loops.</summary>
    public int Rented => Loops.Sum(loop => loop.Buffers.Rented);

    private IEnumerable<EventLoop> Loops => _transport switch
    {
        EpollTransport epoll => epoll.Loops,
        SocketTransport sockets => sockets.Loops,
        _ => ((InMemoryTransport)_transport).Loops,
    };

    public static Handler HandlerOf(IEnumerable<Route> routes)
    {
        var app = new Application();
        app.AddRoutes(routes);
        return app.Freeze();
    }

    public async Task<RawClient> ConnectAsync() =>
        _transport is InMemoryTransport memory ? new RawClient(memory.Connect(EndPoint)) : await RawClient.ConnectAsync(EndPoint);

    /// <summary>Connects and makes the handshake of TLS.</summary>
    public async Task<RawClient> ConnectSecurelyAsync(SslClientAuthenticationOptions? options = null)
    {
        var client = await ConnectAsync();
        try
        {
            await client.SecureAsync(options ?? TestCertificates.Client());
            return client;
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    /// <summary>Sends one request on a connection of its own and reads the answer.</summary>
    public async Task<RawResponse> AskAsync(string request)
    {
        using var client = await ConnectAsync();
        return await client.AskAsync(request);
    }

    /// <summary>GET of a path on a connection of its own.</summary>
    public Task<RawResponse> GetAsync(string target) => AskAsync($"GET {target} HTTP/1.1\r\nHost: a\r\n\r\n");

    /// <summary>Every connection has ended by itself.</summary>
    public Task ConnectionsEndedAsync() => Deadline.UntilAsync(() => Server.ConnectionCount == 0, "the end of every connection");

    public async Task StopAsync(TimeSpan? timeout = null)
    {
        _stopped = true;
        await Server.StopAsync(timeout ?? TimeSpan.FromSeconds(60)).InTime();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_stopped)
            await StopAsync();
        await Server.DisposeAsync().AsTask().InTime();
        Assert.Equal(0, Server.ConnectionCount);
        Assert.Equal(0, Rented);
        Assert.Empty(Log.Complaints);
    }
}
