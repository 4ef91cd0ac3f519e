using Microsoft.Extensions.Logging;

namespace Millrace.Transport;

internal static partial class TransportLog
{
    [LoggerMessage(EventId = 1, Level = LogLevel.Error, Message = "A callback on an event loop failed; the loop goes on.")]
    public static partial void CallbackFailed(this ILogger logger, Exception exception);

    [LoggerMessage(EventId = 2, Level = LogLevel.Warning, Message =
        "No descriptor or memory to accept a connection (error {Error}); accepting pauses for {PauseMilliseconds} ms at a time. Raise the limit of open files or set a limit of connections.")]
    public static partial void AcceptPaused(this ILogger logger, int error, int pauseMilliseconds);

    [LoggerMessage(EventId = 3, Level = LogLevel.Warning, Message =
        "All {ThreadsMax} loop threads are held up by handlers that block; a blocked loop now waits for one of them. Await in the handler, or raise the limit.")]
    public static partial void AllThreadsHeldUp(this ILogger logger, int threadsMax);
}
