using System.Net;
using System.Net.Sockets;
using Millrace.Transport;

namespace Millrace.Testing;

/// <summary>Hands the server's end of a new pair to the callback, inside the call of whoever connects.</summary>
internal sealed class InMemoryListener(InMemoryTransport transport, IPEndPoint endPoint, Action<Connection> onAccepted) : Listener
{
    private readonly Arrivals _arrivals = new();
    private int _clients;
    private int _stopped;

    public override EndPoint LocalEndPoint => endPoint;

    /// <exception cref="SocketException">The listener has stopped.</exception>
    public InMemoryClientStream Connect()
    {
        if (Volatile.Read(ref _stopped) != 0 || !_arrivals.TryBegin())
            throw new SocketException((int)SocketError.ConnectionRefused);
        try
        {
            var toServer = new BytePipe(transport.PipeCapacity);
            var toClient = new BytePipe(transport.PipeCapacity);
            var client = new IPEndPoint(IPAddress.Loopback, 1 + Interlocked.Increment(ref _clients) % IPEndPoint.MaxPort);
            onAccepted(new InMemoryConnection(EventLoop.LeastBusy(transport.Loops), toServer, toClient, endPoint, client));
            return new InMemoryClientStream(toClient, toServer);
        }
        finally
        {
            _arrivals.End();
        }
    }

    public override ValueTask StopAsync()
    {
        if (Interlocked.Exchange(ref _stopped, 1) == 0)
        {
            transport.Forget(this);
            _arrivals.Close();
        }
        return new ValueTask(_arrivals.Gone);
    }
}
