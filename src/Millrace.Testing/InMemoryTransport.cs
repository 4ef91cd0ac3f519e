using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Millrace.Transport;

namespace Millrace.Testing;

/// <summary>
/// Connections without a network: bounded pipes between a server and <see cref="InMemoryClientStream"/>s in one process.
/// </summary>
/// <remarks>
/// It is deterministic: whoever waits for bytes, room or an end runs on inside the call that brought them, as flows do on the
/// epoll transport, and time is the <see cref="TimeProvider"/>'s alone. Once its pipes exist it allocates nothing for the bytes it moves.
/// </remarks>
internal sealed class InMemoryTransport : ServerTransport
{
    private readonly ConcurrentDictionary<int, InMemoryListener> _listeners = new();
    private readonly InMemoryLoop[] _loops;

    public InMemoryTransport(TransportOptions options, int pipeCapacity = 64 * 1024)
    {
        PipeCapacity = pipeCapacity;
        _loops = new InMemoryLoop[options.LoopCount];
        for (int i = 0; i < _loops.Length; i++)
            _loops[i] = new InMemoryLoop(options.TimeProvider, options.Logger);
    }

    public int PipeCapacity { get; }

    public IReadOnlyList<InMemoryLoop> Loops => _loops;

    public override IReadOnlyList<EventLoop> EventLoops => _loops;

    public override Listener Listen(EndPoint endPoint, ListenOptions options, Action<Connection> onAccepted)
    {
        var asked = endPoint as IPEndPoint ?? throw new NotSupportedException("The in-memory transport knows IP end points only.");
        if (asked.Port != 0)
            return TryListen(asked, onAccepted) ?? throw new SocketException((int)SocketError.AddressAlreadyInUse);
        for (int port = 1; port <= IPEndPoint.MaxPort; port++)
        {
            if (TryListen(new IPEndPoint(asked.Address, port), onAccepted) is { } listener)
                return listener;
        }
        throw new SocketException((int)SocketError.AddressAlreadyInUse);
    }

    /// <summary>Connects to whoever listens on the port; addresses are not looked at.</summary>
    /// <exception cref="SocketException">Nobody does.</exception>
    public InMemoryClientStream Connect(EndPoint endPoint)
    {
        int port = (endPoint as IPEndPoint)?.Port ?? ((DnsEndPoint)endPoint).Port;
        return _listeners.TryGetValue(port, out var listener) ? listener.Connect() : throw new SocketException((int)SocketError.ConnectionRefused);
    }

    public override ValueTask DisposeAsync()
    {
        foreach (var loop in _loops)
            loop.Dispose();
        return ValueTask.CompletedTask;
    }

    public void Forget(InMemoryListener listener) => _listeners.TryRemove(((IPEndPoint)listener.LocalEndPoint).Port, out _);

    private InMemoryListener? TryListen(IPEndPoint endPoint, Action<Connection> onAccepted)
    {
        var listener = new InMemoryListener(this, endPoint, onAccepted);
        return _listeners.TryAdd(endPoint.Port, listener) ? listener : null;
    }
}
