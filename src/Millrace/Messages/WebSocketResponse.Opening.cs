using Millrace.Messages;
using Millrace.Protocol.Semantics;
using Millrace.Protocol.WebSockets;

namespace Millrace;

public sealed partial class WebSocketResponse
{
    /// <summary>The sub-protocols that the handler speaks. The first of the client's that is among them is agreed on; none in common opens without one (RFC 6455 section 1.9).</summary>
    /// <exception cref="ArgumentException">A name is not a token.</exception>
    public IReadOnlyList<string> Protocols
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            foreach (string protocol in value)
                OutgoingFields.CheckName(protocol);
            field = value;
        }
    } = [];

    /// <summary>
    /// The web pages that may connect, as origins such as <c>https://example.com</c>; <c>*</c> allows all. Null, the default, allows only pages of the host that they
    /// connect to: a browser sends its cookies along, whatever page asks. Clients that send no Origin are no browsers and always may.
    /// </summary>
    public IReadOnlyList<string>? AllowedOrigins { get; init; }

    /// <summary>
    /// After how long a silence the client is sent a ping; default 30 s; <see cref="Timeout.InfiniteTimeSpan"/> sends none. Nothing in half that time behind the ping,
    /// and the connection counts as lost: code 1006. It runs while somebody receives.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to zero or less.</exception>
    public TimeSpan Heartbeat { get; init => field = TimeLimits.Positive(value); } = TimeSpan.FromSeconds(30);

    /// <summary>How long a receive waits for a message; default <see cref="Timeout.InfiniteTimeSpan"/>. Then it throws <see cref="TimeoutException"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to zero or less.</exception>
    public TimeSpan ReceiveTimeout { get; init => field = TimeLimits.Positive(value); } = Timeout.InfiniteTimeSpan;

    /// <summary>How long the client may take to answer a close; default 10 s. Then the connection is reset: code 1006.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to zero or less.</exception>
    public TimeSpan CloseTimeout { get; init => field = TimeLimits.Positive(value); } = TimeSpan.FromSeconds(10);

    /// <summary>Most bytes of a message, all its fragments together, and of what a compressed one is made to; default 4 MiB. One more closes with 1009.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to a negative number.</exception>
    public int MessageBytesMax
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            field = value;
        }
    } = 4 * 1024 * 1024;

    /// <summary>
    /// Lets messages be compressed where the client offers it (permessage-deflate, RFC 7692; aiohttp: <c>compress</c>); null, the default, never does. Mind that a message
    /// which mixes secrets with what an attacker chose can be guessed from its compressed length.
    /// </summary>
    public WebSocketCompression? MessageCompression { get; init; }

    /// <summary>True if the request asks for a WebSocket in every point, and its page may.</summary>
    public bool CanPrepare(Request request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return WebSocketHandshake.Refusal(request, AllowedOrigins) is null;
    }

    private protected override async ValueTask StartAsync(Request request)
    {
        if (_channel is not null)
            return;
        if (WebSocketHandshake.Refusal(request, AllowedOrigins) is { } refusal)
            throw refusal;
        // Nothing of a body may pass for frames (CVE-2026-69243).
        await request.ReadAsync().ConfigureAwait(false);
        Protocol = WebSocketHandshake.Agree(request, Protocols);
        Deflate = MessageCompression is null ? null : WebSocketHandshake.Agree(request, MessageCompression);
        _channel = await request.OpenWebSocketAsync(this, HandshakeFields(request)).ConfigureAwait(false);
    }

    /// <summary>What the server says of the WebSocket, and the handler cannot. It is not among the headers, which are there as long as the WebSocket is.</summary>
    private KeyValuePair<string, string>[] HandshakeFields(Request request)
    {
        (string Name, string? Value)[] fields =
        [
            ("Upgrade", "websocket"),
            ("Sec-WebSocket-Accept", HandshakeKey.Accept(request.Headers["Sec-WebSocket-Key"]!)),
            ("Sec-WebSocket-Protocol", Protocol),
            ("Sec-WebSocket-Extensions", Deflate?.Answer),
        ];
        foreach (var (name, _) in fields)
            HeadersIfAny?.Remove(name);
        return [.. fields.Where(field => field.Value is not null).Select(field => new KeyValuePair<string, string>(field.Name, field.Value!))];
    }
}
