using Microsoft.Extensions.Logging;

namespace Millrace.Fuzz.Targets;

/// <summary>Keeps the first error that a server logs.</summary>
internal sealed class ErrorLog : ILoggerFactory, ILogger
{
    private string? _error;

    public string? TakeError() => Interlocked.Exchange(ref _error, null);

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public void Dispose()
    {
        // Holds nothing.
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
            Interlocked.CompareExchange(ref _error, $"{formatter(state, exception)} {exception}", null);
    }
}
