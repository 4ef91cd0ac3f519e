namespace Millrace;

/// <summary>The WebSocket is closed, so nothing can be sent or received any more. It is the client's doing or the closing handshake's, and no fault of the handler that lets it pass.</summary>
public sealed class WebSocketClosedException : IOException
{
    internal WebSocketClosedException(int code)
        : base($"The WebSocket is closed (code {code}).")
    {
        Code = code;
    }

    /// <summary>The close code, 1006 if the connection ended without one (RFC 6455 section 7.4).</summary>
    public int Code { get; }
}
