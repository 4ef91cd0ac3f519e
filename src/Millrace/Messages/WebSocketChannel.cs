using Millrace.Protocol.WebSockets;

namespace Millrace.Messages;

/// <summary>The open WebSocket of one response, over whatever its connection is.</summary>
internal abstract class WebSocketChannel
{
    /// <summary>The message that <see cref="ReceiveAsync"/> found; valid until the next call.</summary>
    public WebSocketMessage Current { get; protected set; }

    /// <summary>Why no message follows; 0 as long as some may.</summary>
    public int CloseCode { get; protected set; }

    public string CloseReason { get; protected set; } = "";

    /// <summary>The next message into <see cref="Current"/>; false when the WebSocket is closed.</summary>
    /// <exception cref="InvalidOperationException">Somebody else receives.</exception>
    /// <exception cref="TimeoutException">Nothing came in <see cref="WebSocketResponse.ReceiveTimeout"/>; the next call goes on.</exception>
    public abstract ValueTask<bool> ReceiveAsync(CancellationToken cancellationToken);

    /// <summary>Sends a whole message, or a control frame, in its turn.</summary>
    /// <exception cref="WebSocketClosedException">The WebSocket is closed.</exception>
    public abstract ValueTask SendAsync(Opcode opcode, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken);

    /// <summary>Sends the next fragment of a message, or a whole one, in its turn.</summary>
    /// <exception cref="WebSocketClosedException">The WebSocket is closed.</exception>
    public abstract ValueTask SendFragmentAsync(Opcode opcode, bool isFinal, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken);

    /// <summary>Sends a message of text in its turn.</summary>
    /// <exception cref="WebSocketClosedException">The WebSocket is closed.</exception>
    public abstract ValueTask SendTextAsync(string text, CancellationToken cancellationToken);

    /// <summary>Says the end and waits for the client's, within <see cref="WebSocketResponse.CloseTimeout"/>. Does nothing where it was said.</summary>
    public abstract ValueTask CloseAsync(int code, string reason);

    /// <summary>Sends a message that others share, at once or from a queue; nobody waits for it. A closed WebSocket takes none.</summary>
    public abstract void Post(SharedFrame frame, int queuedMax, SlowReaderPolicy policy);
}
