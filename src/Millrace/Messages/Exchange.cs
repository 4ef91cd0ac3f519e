using System.Net;

namespace Millrace.Messages;

/// <summary>What a request needs of the connection that carries it; each version of HTTP has its own.</summary>
internal abstract class Exchange
{
    public abstract string Scheme { get; }

    /// <summary>What was agreed on for an encrypted connection; null for one that is not.</summary>
    public abstract TlsInfo? Tls { get; }

    public abstract EndPoint? RemoteEndPoint { get; }

    public abstract EndPoint? LocalEndPoint { get; }

    /// <summary>True on the thread of an event loop: what blocks here holds up other connections until the watchdog notices.</summary>
    public abstract bool IsOnLoop { get; }

    /// <summary>Gives the loop to another thread before something blocks.</summary>
    public abstract void StepAside();

    /// <summary>A clone of the request was passed on to another route.</summary>
    public abstract void OnPassedOn(Request request);

    /// <summary>Milliseconds of the connection's clock, a few of them coarse.</summary>
    public abstract long Milliseconds { get; }

    /// <summary>The connection's clock, for timers of its responses.</summary>
    public abstract TimeProvider TimeProvider { get; }

    /// <summary>True once the client has closed its side; <see cref="Request.Abort"/> is called when that happens from here on.</summary>
    public abstract bool WatchClient();

    /// <summary>Sends the head of a response whose body follows piece by piece.</summary>
    public abstract ValueTask<ResponseWriter> StartAsync(Request request, StreamResponse response);

    /// <summary>Sends an interim response (RFC 9110 section 15.2); nothing to a client that does not know them.</summary>
    public abstract ValueTask SendInterimAsync(Request request, int status, ResponseHeaders headers);

    /// <summary>Sends the head of <paramref name="response"/> and gives the connection to the handler as a stream.</summary>
    public abstract ValueTask<Stream> UpgradeAsync(Request request, UpgradeResponse response);

    /// <summary>Sends the head of <paramref name="response"/> and opens its WebSocket.</summary>
    public abstract ValueTask<WebSocketChannel> OpenWebSocketAsync(Request request, WebSocketResponse response, KeyValuePair<string, string>[] handshake);
}
