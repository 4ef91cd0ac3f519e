using Microsoft.Extensions.Logging;

namespace Millrace.Telemetry;

/// <summary>
/// Logs what can be logged. A provider that fails throws to whoever logs: here that may be a thread which leads a loop, or the code that answers a failure.
/// </summary>
internal sealed class HarmlessLogger(ILogger logger) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => logger.BeginScope(state);

    public bool IsEnabled(LogLevel logLevel)
    {
        try
        {
            return logger.IsEnabled(logLevel);
        }
        catch (Exception)
        {
            return false;
        }
    }

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        try
        {
            logger.Log(logLevel, eventId, state, exception, formatter);
        }
        catch (Exception)
        {
            // The log is not what the server is for.
        }
    }
}
