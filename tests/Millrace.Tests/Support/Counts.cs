using System.Diagnostics.Metrics;

namespace Millrace.Tests.Support;

/// <summary>What one server has counted since this was made: the instrument, and the value of its tag if it has one.</summary>
internal sealed class Counts : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly Lock _lock = new();
    private readonly Dictionary<string, long> _counts = [];

    public Counts(RunningServer server)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter == server.Server.Metrics.Meter)
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            string name = tags.IsEmpty ? instrument.Name : $"{instrument.Name} {tags[0].Value}";
            lock (_lock)
                _counts[name] = _counts.GetValueOrDefault(name) + value;
        });
        _listener.Start();
    }

    public long this[string name]
    {
        get
        {
            lock (_lock)
                return _counts.GetValueOrDefault(name);
        }
    }

    /// <summary>The connections that ended, by reason.</summary>
    public string Ends
    {
        get
        {
            lock (_lock)
                return string.Join(", ", _counts.Where(count => count.Key.StartsWith("millrace.connection.ends ", StringComparison.Ordinal)).Select(count => $"{count.Key[25..]} {count.Value}").Order(StringComparer.Ordinal));
        }
    }

    public void Dispose() => _listener.Dispose();
}
