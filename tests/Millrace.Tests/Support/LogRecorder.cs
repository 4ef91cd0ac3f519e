using Microsoft.Extensions.Logging;

namespace Millrace.Tests.Support;

internal sealed record LogLine(LogLevel Level, string Category, int Id, string Text, Exception? Exception);

/// <summary>Keeps what a server logs. Errors that a test does not take fail it at its end.</summary>
internal sealed class LogRecorder : ILoggerFactory
{
    private readonly Lock _lock = new();
    private readonly List<LogLine> _lines = [];

    public IReadOnlyList<LogLine> Lines
    {
        get
        {
            lock (_lock)
                return [.. _lines];
        }
    }

    /// <summary>Warnings and worse.</summary>
    public IReadOnlyList<LogLine> Complaints => [.. Lines.Where(line => line.Level >= LogLevel.Warning)];

    /// <summary>The one complaint there is; it counts as expected from here on.</summary>
    public LogLine TakeOne()
    {
        var line = Assert.Single(Complaints);
        lock (_lock)
            _lines.Remove(line);
        return line;
    }

    /// <summary>All complaints; they count as expected from here on.</summary>
    public IReadOnlyList<LogLine> TakeAll()
    {
        var complaints = Complaints;
        lock (_lock)
            _lines.RemoveAll(complaints.Contains);
        return complaints;
    }

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public void Dispose()
    {
        // Holds nothing.
    }

    private sealed class Logger(LogRecorder recorder, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var line = new LogLine(logLevel, category, eventId.Id, formatter(state, exception), exception);
            lock (recorder._lock)
                recorder._lines.Add(line);
        }
    }
}
