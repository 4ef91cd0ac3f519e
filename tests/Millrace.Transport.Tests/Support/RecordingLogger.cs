using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Millrace.Transport.Tests.Support;

internal sealed class RecordingLogger : ILogger
{
    private readonly ConcurrentQueue<(int Id, string Text, Exception? Exception)> _lines = new();

    public int Count(int eventId) => _lines.Count(line => line.Id == eventId);

    public IReadOnlyCollection<(int Id, string Text, Exception? Exception)> Lines => _lines;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _lines.Enqueue((eventId.Id, formatter(state, exception), exception));
}
