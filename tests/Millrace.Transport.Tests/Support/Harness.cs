using System.Collections.Concurrent;
using System.Net;
using System.Runtime.ExceptionServices;
using System.Threading.Channels;
using Millrace.Testing;
using Millrace.Transport.Epoll;
using Millrace.Transport.Sockets;
using Xunit.Sdk;

namespace Millrace.Transport.Tests.Support;

/// <summary>
/// A transport with a listener. Either the test itself is the flow of a connection (<see cref="ConnectAsync"/>), or a flow is
/// given that every accepted connection runs. On disposal nothing may be left over.
/// </summary>
internal sealed class Harness : IAsyncDisposable
{
    private readonly Channel<Connection> _accepted = Channel.CreateUnbounded<Connection>();
    private readonly ConcurrentQueue<Task> _flows = new();
    private readonly ConcurrentQueue<Client> _clients = new();
    private volatile bool _testFailed;

    public Harness(Kind kind, Func<Connection, Task>? flow = null, Func<TransportOptions, TransportOptions>? configure = null)
    {
        AppDomain.CurrentDomain.FirstChanceException += OnException;
        var options = new TransportOptions { Logger = Log };
        Transport = Create(kind, configure is null ? options : configure(options));
        Listener = Transport.Listen(new IPEndPoint(IPAddress.Loopback, 0), new ListenOptions(), connection =>
        {
            if (flow is null)
                _accepted.Writer.TryWrite(connection);
            else
                _flows.Enqueue(flow(connection));
        });
    }

    public RecordingLogger Log { get; } = new();

    public ServerTransport Transport { get; }

    public Listener Listener { get; }

    public EpollTransport Epoll => (EpollTransport)Transport;

    public IReadOnlyList<EventLoop> Loops => Transport switch
    {
        EpollTransport epoll => epoll.Loops,
        SocketTransport sockets => sockets.Loops,
        _ => ((InMemoryTransport)Transport).Loops,
    };

    public int Connections => Loops.Sum(loop => loop.Connections);

    public int Rented => Loops.Sum(loop => loop.Buffers.Rented);

    public static ServerTransport Create(Kind kind, TransportOptions options) => kind switch
    {
        Kind.Epoll => new EpollTransport(options),
        Kind.Sockets => new SocketTransport(options),
        _ => new InMemoryTransport(options),
    };

    /// <summary>As <see cref="DialAsync"/>, without leaving the thread to anybody else.</summary>
    public Client Dial()
    {
        Client client = Transport is InMemoryTransport memory
            ? new InMemoryClient(memory.Connect(Listener.LocalEndPoint))
            : SocketClient.Connect(Listener.LocalEndPoint);
        _clients.Enqueue(client);
        return client;
    }

    /// <summary>A client whose connection runs the flow.</summary>
    public async Task<Client> DialAsync()
    {
        Client client = Transport is InMemoryTransport memory
            ? new InMemoryClient(memory.Connect(Listener.LocalEndPoint))
            : await SocketClient.ConnectAsync(Listener.LocalEndPoint);
        _clients.Enqueue(client);
        return client;
    }

    /// <summary>A client and its connection, which the test must close.</summary>
    public async Task<(Client Client, Connection Connection)> ConnectAsync()
    {
        var client = await DialAsync();
        return (client, await AcceptAsync());
    }

    public ValueTask<Connection> AcceptAsync() => _accepted.Reader.ReadAsync(TestContext.Current.CancellationToken);

    /// <summary>Every flow has ended, none with an exception.</summary>
    public async Task FlowsAsync()
    {
        while (_flows.TryDequeue(out var flow))
            await flow;
    }

    public async ValueTask DisposeAsync()
    {
        AppDomain.CurrentDomain.FirstChanceException -= OnException;
        // What went wrong is on its way to the reader; whatever waits or fails here would hide it.
        if (_testFailed)
            return;
        while (_clients.TryDequeue(out var client))
            client.Dispose();
        await Listener.StopAsync();
        await FlowsAsync();
        await Transport.DisposeAsync();
        Assert.Equal(0, Connections);
        Assert.Equal(0, Rented);
        Assert.DoesNotContain(Log.Lines, line => line.Exception is not null);
        if (Transport is EpollTransport epoll)
            Assert.Equal(0, epoll.Crew.Threads);
    }

    private void OnException(object? sender, FirstChanceExceptionEventArgs e) => _testFailed |= e.Exception is XunitException;
}
