using System.Net;

namespace Millrace.Messages;

/// <summary>What a request needs of the connection that carries it; each version of HTTP has its own.</summary>
internal abstract class Exchange
{
    public abstract string Scheme { get; }

    public abstract EndPoint? RemoteEndPoint { get; }

    public abstract EndPoint? LocalEndPoint { get; }

    /// <summary>True once the client has closed its side; <see cref="Request.Abort"/> is called when that happens from here on.</summary>
    public abstract bool WatchClient();

    /// <summary>Sends the head of a response whose body follows piece by piece.</summary>
    public abstract ValueTask<ResponseWriter> StartAsync(Request request, StreamResponse response);
}
