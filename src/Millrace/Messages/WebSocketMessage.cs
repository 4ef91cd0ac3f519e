using System.Net.WebSockets;
using System.Text;

namespace Millrace;

/// <summary>One message of a WebSocket (aiohttp: WSMessage). Its memory is valid until the next message is asked for: copy what must live longer.</summary>
public readonly struct WebSocketMessage
{
    internal WebSocketMessage(WebSocketMessageType type, ReadOnlyMemory<byte> bytes)
    {
        Type = type;
        Bytes = bytes;
    }

    /// <summary>Text, binary, or close when there is no further message: then <see cref="WebSocketResponse.CloseCode"/> says why.</summary>
    public WebSocketMessageType Type { get; }

    /// <summary>The payload: UTF-8 for a text, which has been checked; empty for a close.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>True for a text.</summary>
    public bool IsText => Type == WebSocketMessageType.Text;

    /// <summary>True for a binary message.</summary>
    public bool IsBinary => Type == WebSocketMessageType.Binary;

    /// <summary>True when the WebSocket is closed and no message follows.</summary>
    public bool IsClose => Type == WebSocketMessageType.Close;

    /// <summary>The payload as text, made anew at each call. What is not UTF-8 in a binary message becomes U+FFFD.</summary>
    public string Text => Encoding.UTF8.GetString(Bytes.Span);
}
