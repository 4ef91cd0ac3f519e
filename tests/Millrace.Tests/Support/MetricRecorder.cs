using System.Diagnostics.Metrics;

namespace Millrace.Tests.Support;

/// <summary>One value that an instrument of the server reported.</summary>
internal sealed record Measured(string Instrument, double Value, IReadOnlyDictionary<string, object?> Tags);

/// <summary>Listens to the meter <c>Millrace</c> as long as it lives.</summary>
internal sealed class MetricRecorder : IDisposable
{
    private readonly Lock _lock = new();
    private readonly List<Measured> _seen = [];
    private readonly MeterListener _listener = new();

    public MetricRecorder()
    {
        _listener.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument.Meter.Name == "Millrace")
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Note(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Note(instrument, value, tags));
        _listener.Start();
    }

    public IReadOnlyList<Measured> All(string instrument)
    {
        lock (_lock)
            return [.. _seen.Where(seen => seen.Instrument == instrument)];
    }

    /// <summary>The reasons for which connections ended so far.</summary>
    public IReadOnlyList<string> Ends => [.. All("millrace.connection.ends").Select(seen => (string)seen.Tags["error.type"]!)];

    /// <summary>Asks the instruments that only report when asked.</summary>
    public void Observe() => _listener.RecordObservableInstruments();

    public void Dispose() => _listener.Dispose();

    private void Note(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var measured = new Measured(instrument.Name, value, new Dictionary<string, object?>(tags.ToArray()));
        lock (_lock)
            _seen.Add(measured);
    }
}
