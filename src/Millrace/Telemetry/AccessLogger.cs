using System.Collections;
using System.Text;
using Microsoft.Extensions.Logging;
using Millrace.Telemetry;

namespace Millrace;

/// <summary>
/// Writes a line for every answered request (aiohttp: AccessLogger). Lines are collected and written a few milliseconds later by a task of their
/// own: no request ever waits for the output. What comes faster than it can be written is dropped and counted.
/// </summary>
public sealed class AccessLogger : AbstractAccessLogger
{
    /// <summary>What is written unless another format is given.</summary>
    public const string DefaultFormat = "%a %t \"%r\" %s %b \"%{Referer}i\" \"%{User-Agent}i\"";

    private const int TextBytesMax = 8 * 1024 * 1024;
    private const int EntriesMax = 16 * 1024;

    private readonly AccessFormat _format;
    private readonly BatchQueue<byte> _text;
    private readonly BatchQueue<Entry> _entries;
    private Stream? _output;
    private ILogger? _logger;

    /// <summary>Takes the format apart.</summary>
    /// <param name="format">
    /// Text with <c>%a</c> address of the client, <c>%t</c> time of the request, <c>%P</c> process, <c>%r</c> request line, <c>%s</c> status, <c>%b</c> bytes sent,
    /// head included, <c>%T</c> seconds, <c>%Tf</c> seconds with fraction, <c>%D</c> microseconds, <c>%{Name}i</c> and <c>%{Name}o</c> a field of the request and of
    /// the response, <c>%%</c> a percent sign.
    /// </param>
    /// <exception cref="FormatException">It has another directive.</exception>
    public AccessLogger(string format = DefaultFormat)
    {
        ArgumentNullException.ThrowIfNull(format);
        _format = new AccessFormat(format);
        _text = new BatchQueue<byte>(TextBytesMax, batch => _output!.Write(batch.Span));
        _entries = new BatchQueue<Entry>(EntriesMax, WriteEntries);
    }

    /// <summary>Where lines go as bytes; null, the default: to <see cref="Logger"/>, and if that is null too, to the category <c>Millrace.Access</c> of <see cref="ServerOptions.LoggerFactory"/>, and without one to standard output.</summary>
    public Stream? Output { get => _output; init => _output = value; }

    /// <summary>Where lines go at level Information, with the values of the format by name.</summary>
    public ILogger? Logger { get => _logger; init => _logger = value; }

    /// <summary>How many lines were dropped because they came faster than they could be written, or could not be written.</summary>
    public long Dropped => _text.Dropped + _entries.Dropped;

    /// <summary>False while the logger leaves out level Information.</summary>
    public override bool IsEnabled => _output is not null || _logger is null || _logger.IsEnabled(LogLevel.Information);

    /// <inheritdoc/>
    public override ValueTask LogAsync(AccessRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        var line = AccessLine.Begin();
        _format.Write(record, line);
        if (_output is null && _logger is not null)
        {
            var entry = new Entry(_format.Values(record), Encoding.UTF8.GetString(line.Written));
            _entries.Append(new ReadOnlySpan<Entry>(in entry));
            return ValueTask.CompletedTask;
        }
        line.Append((byte)'\n');
        _text.Append(line.Written);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public override async ValueTask FlushAsync()
    {
        await _text.DrainAsync().ConfigureAwait(false);
        await _entries.DrainAsync().ConfigureAwait(false);
    }

    internal override void Attach(ILoggerFactory? loggers)
    {
        if (_output is not null || _logger is not null)
            return;
        _logger = loggers?.CreateLogger("Millrace.Access");
        if (_logger is null)
            _output = Console.OpenStandardOutput();
    }

    private void WriteEntries(ReadOnlyMemory<Entry> batch)
    {
        foreach (var entry in batch.Span)
            _logger!.Log(LogLevel.Information, new EventId(1, "Request"), entry, null, static (entry, _) => entry.ToString());
    }

    /// <summary>A line as loggers take it: its text, and its values by name.</summary>
    private sealed class Entry(KeyValuePair<string, object?>[] values, string text) : IReadOnlyList<KeyValuePair<string, object?>>
    {
        public int Count => values.Length;

        public KeyValuePair<string, object?> this[int index] => values[index];

        public IEnumerator<KeyValuePair<string, object?>> GetEnumerator() => values.AsEnumerable().GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

        public override string ToString() => text;
    }
}
