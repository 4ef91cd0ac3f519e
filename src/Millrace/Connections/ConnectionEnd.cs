namespace Millrace.Connections;

/// <summary>Why a connection ended. Every connection ends for one reason, which the metrics count.</summary>
internal enum ConnectionEnd
{
    /// <summary>The client closed between requests.</summary>
    ClientClosed,

    /// <summary>One side asked for it: Connection: close, HTTP/1.0, or a response that said so.</summary>
    Completed,

    /// <summary>The client reset the connection or vanished in the middle of something.</summary>
    ClientGone,

    /// <summary>The client broke the protocol and was told so.</summary>
    ProtocolFault,

    /// <summary>What the client sent was no TLS, or client and server could not agree, or its certificate was not good.</summary>
    TlsHandshakeFailed,

    TlsHandshakeTimeout,
    KeepAliveTimeout,
    HeadTimeout,
    BodyTimeout,

    /// <summary>A body came slower than the least rate allowed.</summary>
    BodyTooSlow,

    /// <summary>A whole request did not come in time.</summary>
    RequestTimeout,

    /// <summary>The client took nothing for too long.</summary>
    WriteTimeout,

    /// <summary>The client took responses more slowly than the least rate allowed.</summary>
    ResponseTooSlow,

    /// <summary>The handler left so much of a body unread that reading it away took too long.</summary>
    LingeringTimeout,

    /// <summary>The handler failed when the head of the response was out.</summary>
    ResponseBroken,

    /// <summary>The handler did not answer in time.</summary>
    HandlerTimeout,

    /// <summary>There were too many connections.</summary>
    Refused,

    ServerStopped,

    /// <summary>A fault of this server.</summary>
    InternalError,
}
