using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Millrace.Messages;
using Millrace.Protocol.WebSockets;

namespace Millrace;

/// <summary>
/// The server's side of a WebSocket (RFC 6455; aiohttp: WebSocketResponse). <see cref="StreamResponse.PrepareAsync"/> opens it, then the handler receives and sends
/// until the iteration ends, and returns it.
/// </summary>
/// <example>
/// <code>
/// var ws = new WebSocketResponse();
/// await ws.PrepareAsync(request);
/// await foreach (var message in ws)
///     await ws.SendAsync(message.Text);
/// return ws;
/// </code>
/// </example>
/// <remarks>
/// One task receives at a time; any number may send, and each message goes out whole, in the order of the calls. Pings of the client are answered, and the server's own
/// are sent, while somebody receives. A handler that returns closes with 1000, one that fails with 1011, a server that stops with 1001.
/// </remarks>
public sealed partial class WebSocketResponse : StreamResponse, IAsyncEnumerable<WebSocketMessage>
{
    private WebSocketChannel? _channel;

    /// <summary>The sub-protocol that was agreed on, or null.</summary>
    public string? Protocol { get; private set; }

    /// <summary>
    /// Why the WebSocket was closed (RFC 6455 section 7.4): the client's code, 1005 if it gave none, 1006 if the connection ended without a close frame, the server's own
    /// where the client broke the protocol; null while it is open.
    /// </summary>
    public int? CloseCode => _channel is { CloseCode: > 0 and var code } ? code : null;

    /// <summary>The reason that came with <see cref="CloseCode"/>, or an empty text.</summary>
    public string CloseReason => _channel?.CloseReason ?? "";

    /// <summary>True once the WebSocket is closed and no message follows.</summary>
    public bool IsClosed => CloseCode is not null;

    /// <summary>True if the client and <see cref="MessageCompression"/> agreed: messages may come and go compressed.</summary>
    public bool IsCompressed => Deflate is not null;

    /// <summary>How, or null.</summary>
    internal DeflateAgreement? Deflate { get; private set; }

    /// <summary>True once the WebSocket was opened.</summary>
    internal bool IsOpen => _channel is not null;

    private WebSocketChannel Channel => _channel
        ?? throw new InvalidOperationException("The WebSocket is not open: call PrepareAsync(request) first.");

    /// <summary>The next message; one of type close when there is none (see <see cref="CloseCode"/>).</summary>
    /// <exception cref="InvalidOperationException">Another receive is under way, or the WebSocket was not opened.</exception>
    /// <exception cref="TimeoutException">Nothing came in <see cref="ReceiveTimeout"/>. The WebSocket stays open.</exception>
    public async ValueTask<WebSocketMessage> ReceiveAsync(CancellationToken cancellationToken = default) =>
        await Channel.ReceiveAsync(cancellationToken).ConfigureAwait(false) ? Channel.Current : new WebSocketMessage(WebSocketMessageType.Close, default);

    /// <summary>The next message, which must be a text: any other closes with 1003.</summary>
    /// <exception cref="WebSocketClosedException">The WebSocket is closed, or was because the message is no text.</exception>
    /// <exception cref="TimeoutException">As in <see cref="ReceiveAsync"/>.</exception>
    public async ValueTask<string> ReceiveTextAsync(CancellationToken cancellationToken = default) =>
        (await ReceiveOfAsync(WebSocketMessageType.Text, cancellationToken).ConfigureAwait(false)).Text;

    /// <summary>The next message, which must be a binary one: any other closes with 1003. The memory is valid until the next message is asked for.</summary>
    /// <exception cref="WebSocketClosedException">The WebSocket is closed, or was because the message is a text.</exception>
    /// <exception cref="TimeoutException">As in <see cref="ReceiveAsync"/>.</exception>
    public async ValueTask<ReadOnlyMemory<byte>> ReceiveBytesAsync(CancellationToken cancellationToken = default) =>
        (await ReceiveOfAsync(WebSocketMessageType.Binary, cancellationToken).ConfigureAwait(false)).Bytes;

    /// <summary>The next message as JSON, by source-generated metadata. What is not JSON of that shape closes with 1007.</summary>
    /// <exception cref="WebSocketClosedException">The WebSocket is closed, or was because of the message.</exception>
    /// <exception cref="TimeoutException">As in <see cref="ReceiveAsync"/>.</exception>
    public async ValueTask<T?> ReceiveJsonAsync<T>(JsonTypeInfo<T> typeInfo, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(typeInfo);
        if (!await Channel.ReceiveAsync(cancellationToken).ConfigureAwait(false))
            throw new WebSocketClosedException(Channel.CloseCode);
        try
        {
            return JsonSerializer.Deserialize(Channel.Current.Bytes.Span, typeInfo);
        }
        catch (JsonException)
        {
            await Channel.CloseAsync(CloseCodes.InvalidPayload, "The message is not the JSON that is expected here.").ConfigureAwait(false);
            throw new WebSocketClosedException(CloseCodes.InvalidPayload);
        }
    }

    /// <summary>The messages until the WebSocket is closed.</summary>
    public MessageEnumerator GetAsyncEnumerator(CancellationToken cancellationToken = default) => new(Channel, cancellationToken);

    IAsyncEnumerator<WebSocketMessage> IAsyncEnumerable<WebSocketMessage>.GetAsyncEnumerator(CancellationToken cancellationToken) =>
        GetAsyncEnumerator(cancellationToken);

    private async ValueTask<WebSocketMessage> ReceiveOfAsync(WebSocketMessageType type, CancellationToken cancellationToken)
    {
        if (!await Channel.ReceiveAsync(cancellationToken).ConfigureAwait(false))
            throw new WebSocketClosedException(Channel.CloseCode);
        if (Channel.Current.Type == type)
            return Channel.Current;
        await Channel.CloseAsync(CloseCodes.UnsupportedData, $"A {type} message is expected here.").ConfigureAwait(false);
        throw new WebSocketClosedException(CloseCodes.UnsupportedData);
    }

    /// <summary>Walks the messages of a WebSocket; <c>await foreach</c> uses it.</summary>
    public readonly struct MessageEnumerator : IAsyncEnumerator<WebSocketMessage>
    {
        private readonly WebSocketChannel _channel;
        private readonly CancellationToken _cancellationToken;

        internal MessageEnumerator(WebSocketChannel channel, CancellationToken cancellationToken)
        {
            _channel = channel;
            _cancellationToken = cancellationToken;
        }

        /// <summary>The message.</summary>
        public WebSocketMessage Current => _channel.Current;

        /// <summary>Receives the next message; false when the WebSocket is closed.</summary>
        public ValueTask<bool> MoveNextAsync() => _channel.ReceiveAsync(_cancellationToken);

        /// <summary>Does nothing: the WebSocket stays open.</summary>
        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
