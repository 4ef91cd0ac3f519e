using System.Net;
using System.Net.Sockets;

namespace Millrace.Transport;

/// <summary>The loops of one server and the listeners on them.</summary>
internal abstract class ServerTransport : IAsyncDisposable
{
    /// <summary>
    /// Binds and listens. <paramref name="onAccepted"/> starts the flow of a connection: it must not throw,
    /// and what it returns early is the flow's own to finish.
    /// </summary>
    /// <exception cref="SocketException">The address cannot be bound.</exception>
    public virtual Listener Listen(EndPoint endPoint, ListenOptions options, Action<Connection> onAccepted) =>
        ListenOn(ListenSocket.Open(endPoint, options), onAccepted);

    /// <summary>Listens on a socket that came bound from outside, and takes it over.</summary>
    /// <exception cref="SocketException">It cannot listen.</exception>
    public Listener Listen(Socket socket, ListenOptions options, Action<Connection> onAccepted) =>
        ListenOn(ListenSocket.Adopt(socket, options), onAccepted);

    /// <summary>The loops, whatever their kind.</summary>
    public virtual IReadOnlyList<EventLoop> EventLoops => [];

    /// <summary>How often a loop was taken from a thread that a callback held up.</summary>
    public virtual long HandOvers => 0;

    protected virtual Listener Listen(ListenSocket socket, Action<Connection> onAccepted) =>
        throw new NotSupportedException("This transport knows no sockets.");

    private Listener ListenOn(ListenSocket socket, Action<Connection> onAccepted)
    {
        try
        {
            return Listen(socket, onAccepted);
        }
        catch
        {
            socket.Socket.Dispose();
            throw;
        }
    }

    /// <summary>Ends the loops. Every listener was stopped and every connection closed before.</summary>
    public abstract ValueTask DisposeAsync();
}
