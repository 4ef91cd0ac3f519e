using Microsoft.Extensions.Logging;

namespace Millrace.Telemetry;

/// <summary>Warnings and errors on standard error, for programs that have set up no logging: a handler's exception must not vanish.</summary>
internal sealed class ConsoleLogger(string category) : ILogger
{
    public static readonly ILoggerFactory Factory = new ConsoleLoggerFactory();

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel))
            return;
        string line = $"{logLevel}: {category}: {formatter(state, exception)}";
        Console.Error.WriteLine(exception is null ? line : $"{line}\n{exception}");
    }

    private sealed class ConsoleLoggerFactory : ILoggerFactory
    {
        public ILogger CreateLogger(string categoryName) => new ConsoleLogger(categoryName);

        public void AddProvider(ILoggerProvider provider) =>
            throw new NotSupportedException("The console logger takes no providers: set ServerOptions.LoggerFactory to a factory of your own.");

        public void Dispose()
        {
        }
    }
}
