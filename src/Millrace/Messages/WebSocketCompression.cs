using Millrace.Protocol.WebSockets;

namespace Millrace;

/// <summary>How the messages of a WebSocket are compressed where the client offers it: permessage-deflate (RFC 7692). See <see cref="WebSocketResponse.MessageCompression"/>.</summary>
/// <remarks>
/// Both contexts are off by default, so that a WebSocket which waits holds no more than one without compression. What a client asks for beyond that is kept:
/// it may forbid either context and limit both windows.
/// </remarks>
public sealed class WebSocketCompression
{
    /// <summary>
    /// True lets messages of the server refer to those before them, so that small ones that resemble each other shrink more; default false. It holds about 300 KB for each WebSocket that
    /// has sent something. A client that forbids it or asks for a smaller window than 32 KB goes without.
    /// </summary>
    public bool KeepServerContext { get; init; }

    /// <summary>True lets messages of the client refer to those before them; default false, which asks the client not to. It holds up to the window of the client for each WebSocket.</summary>
    public bool KeepClientContext { get; init; }

    /// <summary>
    /// The window that a client which offers <c>client_max_window_bits</c> is told to keep to, as a power of two: 9 to 15; default 15, 32 KB. Others have one of 32 KB. Less
    /// matters with <see cref="KeepClientContext"/> alone.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Set below 9 or above 15.</exception>
    public int ClientWindowBits
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, DeflateAgreement.InflateBitsMin);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, DeflateAgreement.WindowBitsMax);
            field = value;
        }
    } = DeflateAgreement.WindowBitsMax;

    /// <summary>Messages, or first fragments, of fewer bytes are sent as they are; default 64.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to a negative number.</exception>
    public int MessageBytesMin
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            field = value;
        }
    } = 64;
}
