using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Millrace.Protocol.WebSockets;

namespace Millrace;

public sealed partial class WebSocketResponse
{
    /// <summary>Sends a text. It is on its way when this completes; a client that reads too slowly makes it wait (aiohttp: <c>send_str</c>).</summary>
    /// <exception cref="WebSocketClosedException">The WebSocket is closed.</exception>
    /// <exception cref="InvalidOperationException">A message in fragments is not at its end.</exception>
    public ValueTask SendAsync(string text, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Channel.SendTextAsync(text, cancellationToken);
    }

    /// <summary>Sends a binary message (aiohttp: <c>send_bytes</c>). The memory must not change until this completes.</summary>
    /// <inheritdoc cref="SendAsync(string, CancellationToken)"/>
    public ValueTask SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken = default) =>
        Channel.SendAsync(Opcode.Binary, bytes, cancellationToken);

    /// <summary>Sends a message on as it was received, text or binary.</summary>
    /// <exception cref="ArgumentException">It is neither.</exception>
    /// <inheritdoc cref="SendAsync(string, CancellationToken)"/>
    public ValueTask SendAsync(WebSocketMessage message, CancellationToken cancellationToken = default) =>
        Channel.SendAsync(OpcodeOf(message.Type), message.Bytes, cancellationToken);

    /// <summary>Sends a message whose bytes are there, or a fragment of one: fragments of one message follow each other, and no other message comes in between.</summary>
    /// <param name="type">Text or binary; the same for each fragment. The bytes of a text are UTF-8.</param>
    /// <param name="bytes">The payload. It must not change until this completes.</param>
    /// <param name="endOfMessage">False if further fragments follow.</param>
    /// <param name="cancellationToken">Ends the wait for earlier sends; a frame that has begun goes out whole.</param>
    /// <exception cref="ArgumentException">The type is neither text nor binary.</exception>
    /// <inheritdoc cref="SendAsync(string, CancellationToken)"/>
    public ValueTask SendAsync(WebSocketMessageType type, ReadOnlyMemory<byte> bytes, bool endOfMessage, CancellationToken cancellationToken = default) =>
        Channel.SendFragmentAsync(OpcodeOf(type), endOfMessage, bytes, cancellationToken);

    /// <summary>Sends a value as a text of JSON, by source-generated metadata (aiohttp: <c>send_json</c>).</summary>
    /// <inheritdoc cref="SendAsync(string, CancellationToken)"/>
    public ValueTask SendJsonAsync<T>(T value, JsonTypeInfo<T> typeInfo, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(typeInfo);
        return Channel.SendAsync(Opcode.Text, JsonSerializer.SerializeToUtf8Bytes(value, typeInfo), cancellationToken);
    }

    /// <summary>Sends a ping with up to 125 bytes, which the client sends back in a pong.</summary>
    /// <exception cref="ArgumentException">The payload is longer.</exception>
    /// <inheritdoc cref="SendAsync(string, CancellationToken)"/>
    public ValueTask PingAsync(ReadOnlyMemory<byte> payload = default, CancellationToken cancellationToken = default) =>
        Channel.SendAsync(Opcode.Ping, ControlPayload(payload), cancellationToken);

    /// <summary>Sends a pong that answers nothing (RFC 6455 section 5.5.3). Pings of the client are answered without it.</summary>
    /// <exception cref="ArgumentException">The payload is longer than 125 bytes.</exception>
    /// <inheritdoc cref="SendAsync(string, CancellationToken)"/>
    public ValueTask PongAsync(ReadOnlyMemory<byte> payload = default, CancellationToken cancellationToken = default) =>
        Channel.SendAsync(Opcode.Pong, ControlPayload(payload), cancellationToken);

    /// <summary>
    /// Closes: says so to the client, and waits for its own word within <see cref="CloseTimeout"/>. Messages that still come are thrown away. A second call, or one after
    /// the client has closed, only waits.
    /// </summary>
    /// <param name="code">1000 to 1003, 1007 to 1014, or 3000 to 4999; default 1000.</param>
    /// <param name="reason">Up to 123 bytes of UTF-8.</param>
    /// <exception cref="ArgumentException">The code may not be sent, or the reason is too long.</exception>
    public ValueTask CloseAsync(int code = CloseCodes.Normal, string reason = "")
    {
        ArgumentNullException.ThrowIfNull(reason);
        if (!CloseCodes.MayBeSent(code))
            throw new ArgumentException($"The close code {code} may not be sent: take one of 1000 to 1003, 1007 to 1014 or 3000 to 4999 (RFC 6455 section 7.4).", nameof(code));
        if (Encoding.UTF8.GetByteCount(reason) > FrameWriter.ReasonBytesMax)
            throw new ArgumentException($"The reason is longer than {FrameWriter.ReasonBytesMax} bytes: shorten it, or send it in a message.", nameof(reason));
        return Channel.CloseAsync(code, reason);
    }

    internal void Post(SharedFrame frame, int queuedMax, SlowReaderPolicy policy) => Channel.Post(frame, queuedMax, policy);

    private static Opcode OpcodeOf(WebSocketMessageType type) => type switch
    {
        WebSocketMessageType.Text => Opcode.Text,
        WebSocketMessageType.Binary => Opcode.Binary,
        _ => throw new ArgumentException("A message is text or binary: call CloseAsync to close.", nameof(type)),
    };

    private static ReadOnlyMemory<byte> ControlPayload(ReadOnlyMemory<byte> payload) => payload.Length <= FrameReader.ControlBytesMax ? payload
        : throw new ArgumentException($"A ping or pong carries {FrameReader.ControlBytesMax} bytes at most (RFC 6455 section 5.5).", nameof(payload));
}
