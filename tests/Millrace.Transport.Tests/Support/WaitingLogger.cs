using Microsoft.Extensions.Logging;

namespace Millrace.Transport.Tests.Support;

/// <summary>A logger that does something of its own with every line before it comes back.</summary>
internal sealed class WaitingLogger(Action onLine) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => onLine();
}
