using Microsoft.Extensions.Logging;
using static Millrace.Messages.TimeLimits;

namespace Millrace;

/// <summary>How a server runs and what it allows its clients. Times and limits are per connection or per request.</summary>
public sealed partial class ServerOptions
{
    /// <summary>The transport; default <see cref="TransportKind.Automatic"/>.</summary>
    public TransportKind Transport { get; init; }

    /// <summary>The number of event loops; 0, the default, takes one per core. On <see cref="TransportKind.Sockets"/> it is the number of groups that share timers and buffers.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to a negative number.</exception>
    public int Loops { get; init => field = AtLeast(value, 0); }

    /// <summary>
    /// How often the watchdog looks at the loops; default 2 ms. A handler that blocks its thread in two looks one after the other loses its loop
    /// to a spare thread, so it delays the other connections of its loop by one to two intervals, once. A longer interval
    /// wakes the watchdog less often (it rests while the server is idle); <see cref="Timeout.InfiniteTimeSpan"/> switches hand-over off.
    /// <see cref="TransportKind.Epoll"/> only.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to zero or less.</exception>
    public TimeSpan HandOverInterval { get; init => field = Positive(value); } = TimeSpan.FromMilliseconds(2);

    /// <summary>Most threads that lead loops or are held up by blocking handlers; default 512. At the limit a blocked loop waits. <see cref="TransportKind.Epoll"/> only.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set below 1.</exception>
    public int LoopThreadsMax { get; init => field = AtLeast(value, 1); } = 512;

    /// <summary>How long a connection may wait for its next request; default 75 s (nginx, aiohttp's run_app).</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to zero or less.</exception>
    public TimeSpan KeepAliveTimeout { get; init => field = Positive(value); } = TimeSpan.FromSeconds(75);

    /// <summary>How long a client may take for the head of a request: the first from the moment it connects, each further one from its first byte. Default 30 s (Kestrel). Then 408.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to zero or less.</exception>
    public TimeSpan HeadTimeout { get; init => field = Positive(value); } = TimeSpan.FromSeconds(30);

    /// <summary>How long a client may let a handler wait for the next bytes of a body; default 30 s. Then 408.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to zero or less.</exception>
    public TimeSpan BodyTimeout { get; init => field = Positive(value); } = TimeSpan.FromSeconds(30);

    /// <summary>How many bytes of a body a client must send per second, on average over the time the server waits for them; default 240 (Kestrel); 0 for no least rate. Then 408.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to a negative number.</exception>
    public int BodyRateMin { get; init => field = AtLeast(value, 0); } = 240;

    /// <summary>How long the server has to have waited for a body before <see cref="BodyRateMin"/> counts; default 5 s (Kestrel).</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to zero or less.</exception>
    public TimeSpan BodyRateGrace { get; init => field = Positive(value); } = TimeSpan.FromSeconds(5);

    /// <summary>How long in all a client may let the server wait for the body of one request; default infinite. Then 408. <see cref="HeadTimeout"/> bounds the head.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to zero or less.</exception>
    public TimeSpan RequestTimeout { get; init => field = Positive(value); } = Timeout.InfiniteTimeSpan;

    /// <summary>
    /// How long the server waits for a handler, from its first await on; default infinite. Then <see cref="Request.Aborted"/> is cancelled, the client gets 504
    /// and the connection ends; a response that has begun is broken off. A handler that does not heed the token goes on, but its request has ended and its
    /// answer is dropped. Another protocol (<see cref="UpgradeResponse"/>) has no limit. A route has its own by <see cref="Route.Timeout"/>.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to zero or less.</exception>
    public TimeSpan HandlerTimeout { get; init => field = Positive(value); } = Timeout.InfiniteTimeSpan;

    /// <summary>
    /// Whether a handler that awaits is given up as soon as the client closes or resets the connection (aiohttp: handler_cancellation); default false. Code cannot
    /// be stopped from outside: the request and the connection end at once, members of the request throw, and what the handler returns or throws later is dropped.
    /// <see cref="Request.Aborted"/> is cancelled in either case. A client that closes only its side counts as gone. A route asks for it by <see cref="Route.CancelOnDisconnect"/>.
    /// </summary>
    public bool HandlerCancellation { get; init; }

    /// <summary>
    /// Most connections at a time; null, the default, for no limit (Kestrel). What comes beyond waits, if <see cref="ConnectionsWaitingMax"/> allows it, or is answered 503 and
    /// closed.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Set below 1.</exception>
    public int? ConnectionsMax { get; init => field = AtLeastOne(value); }

    /// <summary>
    /// How many connections beyond <see cref="ConnectionsMax"/> may wait until one of those ends; default 0: they are refused. First come, first served; none is
    /// read from while it waits, and after <see cref="HeadTimeout"/> it is answered 503 and closed.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to a negative number.</exception>
    public int ConnectionsWaitingMax { get; init => field = AtLeast(value, 0); }

    /// <summary>
    /// Most connections at a time from one IPv4 address or one IPv6 network of /64; null, the default, for no limit. What comes beyond is answered 503 and closed.
    /// <see cref="Proxies"/> that are trusted have no limit.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Set below 1.</exception>
    public int? ConnectionsPerAddressMax { get; init => field = AtLeastOne(value); }

    /// <summary>
    /// How long a client may take nothing of a response that waits for it; default 60 s (nginx's send_timeout). Then the connection is reset. Whether it takes something
    /// is known to a quarter of this time; with <see cref="TransportKind.Sockets"/>, by pieces of 64 KiB.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to zero or less.</exception>
    public TimeSpan WriteTimeout { get; init => field = Positive(value); } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// How many bytes of responses a client must take per second, on average over the time that the server waits for it; default 240 (Kestrel); 0 for no least rate. Then the
    /// connection is reset.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to a negative number.</exception>
    public int ResponseRateMin { get; init => field = AtLeast(value, 0); } = 240;

    /// <summary>How long the server has to have waited for a client that takes its responses before <see cref="ResponseRateMin"/> counts; default 5 s (Kestrel).</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to zero or less.</exception>
    public TimeSpan ResponseRateGrace { get; init => field = Positive(value); } = TimeSpan.FromSeconds(5);

    /// <summary>How long the rest of a body that the handler left unread, or what a refused client goes on sending, is read and thrown away; default 10 s (aiohttp's lingering_time).</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to zero or less.</exception>
    public TimeSpan LingeringTimeout { get; init => field = Positive(value); } = TimeSpan.FromSeconds(10);

    /// <summary>Most bytes of a body that <see cref="Request.ReadAsync"/>, <see cref="Request.TextAsync"/> and <see cref="Request.JsonAsync{T}(CancellationToken)"/> collect; default 1 MiB (aiohttp's client_max_size). Then 413.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to a negative number.</exception>
    public long BodyBytesMax { get; init => field = AtLeast(value, 0); } = 1024 * 1024;

    /// <summary>Whether a body with Content-Encoding gzip, deflate or br is decoded as it is read, and refused with 415 in any other coding; default false: bodies are given as they came.</summary>
    public bool DecodeBodies { get; init; }

    /// <summary>Most bytes a body may decode to, however it is read; default 64 MiB. Then 413.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to a negative number.</exception>
    public long DecodedBodyBytesMax { get; init => field = AtLeast(value, 0); } = 64 * 1024 * 1024;

    /// <summary>How many times larger than received a body may decode to, beyond its first 64 KiB; default 100. Then 413.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set below 1.</exception>
    public int DecodedBodyRatioMax { get; init => field = AtLeast(value, 1); } = 100;

    /// <summary>Most bytes of a request line; default 8192 (Kestrel). Then 414.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set below 16.</exception>
    public int RequestLineBytesMax { get; init => field = AtLeast(value, 16); } = 8192;

    /// <summary>Most bytes of one header field; default 16 KiB. Then 431.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set below 16.</exception>
    public int FieldBytesMax { get; init => field = AtLeast(value, 16); } = 16 * 1024;

    /// <summary>Most header fields of a request; default 100 (Kestrel). Then 431.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set below 1.</exception>
    public int FieldCountMax { get; init => field = AtLeast(value, 1); } = 100;

    /// <summary>Most bytes of the whole head of a request; default 32 KiB (Kestrel). Then 431.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set below 64.</exception>
    public int HeadBytesMax { get; init => field = AtLeast(value, 64); } = 32 * 1024;

    /// <summary>The proxies in front of the server; null, the default, means none: clients are who they connect as.</summary>
    public TrustedProxies? Proxies { get; init; }

    /// <summary>The Server field of every response that has none of its own; default <c>Millrace</c>; null sends none.</summary>
    /// <exception cref="ArgumentException">Set to a text with line breaks or other control characters.</exception>
    public string? ServerHeader
    {
        get;
        init
        {
            if (value is not null)
                Protocol.Semantics.OutgoingFields.CheckValue("Server", value);
            field = value;
        }
    } = "Millrace";

    /// <summary>Whether responses carry the Date field (RFC 9110 section 6.6.1); default true.</summary>
    public bool DateHeader { get; init; } = true;

    /// <summary>The clock of every timeout and of the Date field; default the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Learns of every answered request, such as an <see cref="AccessLogger"/>; null, the default, costs nothing.</summary>
    public AbstractAccessLogger? AccessLog { get; init; }

    /// <summary>Where the server logs. Null, the default: <see cref="Web.RunApp(Application, RunOptions)"/> writes warnings and errors to the console.</summary>
    public ILoggerFactory? LoggerFactory { get; init; }

    private static int AtLeast(int value, int least)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(value, least);
        return value;
    }

    private static int? AtLeastOne(int? value)
    {
        if (value is { } given)
            ArgumentOutOfRangeException.ThrowIfLessThan(given, 1, nameof(value));
        return value;
    }

    private static long AtLeast(long value, long least)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(value, least);
        return value;
    }
}
