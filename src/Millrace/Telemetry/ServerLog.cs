using Microsoft.Extensions.Logging;

namespace Millrace.Telemetry;

internal static partial class ServerLog
{
    [LoggerMessage(EventId = 1, Level = LogLevel.Error, Message = "The handler of {Method} {Path} failed; the client got 500.")]
    public static partial void HandlerFailed(this ILogger logger, string method, string path, Exception exception);

    [LoggerMessage(EventId = 2, Level = LogLevel.Error, Message = "The handler of {Method} {Path} failed when the head of its response was sent; the connection is closed.")]
    public static partial void ResponseBroken(this ILogger logger, string method, string path, Exception exception);

    [LoggerMessage(EventId = 3, Level = LogLevel.Debug, Message = "A request was refused: {Fault}.")]
    public static partial void RequestRefused(this ILogger logger, string fault);

    [LoggerMessage(EventId = 4, Level = LogLevel.Warning, Message = "{Connections} connections had a request running when the time to shut down was over; they are aborted.")]
    public static partial void ShutdownTimedOut(this ILogger logger, int connections);

    [LoggerMessage(EventId = 5, Level = LogLevel.Critical, Message = "A connection failed by a fault of the server itself. Please report it.")]
    public static partial void ConnectionFailed(this ILogger logger, Exception exception);

    [LoggerMessage(EventId = 6, Level = LogLevel.Error, Message = "What waited for the client's disconnection failed.")]
    public static partial void AbortCallbackFailed(this ILogger logger, Exception exception);

    [LoggerMessage(EventId = 7, Level = LogLevel.Debug, Message = "A TLS handshake failed.")]
    public static partial void HandshakeFailed(this ILogger logger, Exception exception);

    [LoggerMessage(EventId = 8, Level = LogLevel.Warning, Message = "The certificate {Certificate} has changed and cannot be read; the one before stays.")]
    public static partial void CertificateNotReloaded(this ILogger logger, object certificate, Exception exception);

    [LoggerMessage(EventId = 9, Level = LogLevel.Error, Message = "The access logger failed.")]
    public static partial void AccessLoggerFailed(this ILogger logger, Exception exception);

    [LoggerMessage(EventId = 10, Level = LogLevel.Error, Message = "What a response held could not be let go.")]
    public static partial void ResponseNotReleased(this ILogger logger, Exception exception);

    [LoggerMessage(EventId = 20, Level = LogLevel.Warning, Message = "There are {Connections} connections, as many as ConnectionsMax allows; more are refused.")]
    public static partial void ConnectionsRefused(this ILogger logger, int connections);

    [LoggerMessage(EventId = 21, Level = LogLevel.Debug, Message = "An address has as many connections as ConnectionsPerAddressMax allows; more are refused.")]
    public static partial void ConnectionsOfAddressRefused(this ILogger logger);

    [LoggerMessage(EventId = 22, Level = LogLevel.Debug, Message = "A handler that was given up failed.")]
    public static partial void LateHandlerFailed(this ILogger logger, Exception exception);
}
