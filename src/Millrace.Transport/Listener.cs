using System.Net;

namespace Millrace.Transport;

/// <summary>A place where peers connect. It hands each new connection to the callback it was made with.</summary>
internal abstract class Listener
{
    /// <summary>The address it is bound to, with the real port where 0 was asked for.</summary>
    public abstract EndPoint LocalEndPoint { get; }

    /// <summary>
    /// Accepts what has already connected, then refuses the rest. Completes when the callback has returned for each of them,
    /// so none is missed by whoever closes what is left. Connections that were accepted live on.
    /// </summary>
    public abstract ValueTask StopAsync();
}
