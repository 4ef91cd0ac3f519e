using System.Net;

namespace Millrace.Transport;

/// <summary>The loops of one server and the listeners on them.</summary>
internal abstract class ServerTransport : IAsyncDisposable
{
    /// <summary>
    /// Binds and listens. <paramref name="onAccepted"/> starts the flow of a connection: it must not throw,
    /// and what it returns early is the flow's own to finish.
    /// </summary>
    /// <exception cref="System.Net.Sockets.SocketException">The address cannot be bound.</exception>
    public abstract Listener Listen(EndPoint endPoint, ListenOptions options, Action<Connection> onAccepted);

    /// <summary>How often a loop was taken from a thread that a callback held up.</summary>
    public virtual long HandOvers => 0;

    /// <summary>Ends the loops. Every listener was stopped and every connection closed before.</summary>
    public abstract ValueTask DisposeAsync();
}
