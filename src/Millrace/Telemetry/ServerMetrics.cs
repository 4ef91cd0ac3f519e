using System.Diagnostics.Metrics;

namespace Millrace.Telemetry;

/// <summary>The instruments of one server, in the meter <c>Millrace</c>. They cost nothing while nobody listens.</summary>
internal sealed class ServerMetrics : IDisposable
{
    private readonly Meter _meter = new("Millrace");
    private readonly UpDownCounter<long> _connections;
    private readonly Counter<long> _ends;
    private readonly Counter<long> _faults;
    private readonly Counter<long> _rejections;
    private readonly UpDownCounter<long> _givenUp;

    public ServerMetrics(Func<long> handOvers)
    {
        _connections = _meter.CreateUpDownCounter<long>("millrace.active_connections", "{connection}", "Connections that are open.");
        _ends = _meter.CreateCounter<long>("millrace.connection.ends", "{connection}", "Connections that ended, by reason.");
        _faults = _meter.CreateCounter<long>("millrace.protocol.faults", "{request}", "Requests refused because they broke the protocol, by fault.");
        _rejections = _meter.CreateCounter<long>("millrace.rejected_connections", "{connection}", "Connections refused because there were too many, by limit.");
        _givenUp = _meter.CreateUpDownCounter<long>("millrace.handlers.given_up", "{handler}", "Handlers that still run although nobody waits for them: their time was over or their client gone.");
        _meter.CreateObservableCounter("millrace.loop.hand_overs", handOvers, "{hand_over}", "Event loops taken from a thread that a handler blocked.");
    }

    /// <summary>The meter of this server alone.</summary>
    public Meter Meter => _meter;

    public void ConnectionOpened() => _connections.Add(1);

    public void ConnectionEnded(string reason)
    {
        _connections.Add(-1);
        if (_ends.Enabled)
            _ends.Add(1, new KeyValuePair<string, object?>("error.type", reason));
    }

    public void ProtocolFault(string fault)
    {
        if (_faults.Enabled)
            _faults.Add(1, new KeyValuePair<string, object?>("error.type", fault));
    }

    public void ConnectionRejected(string limit)
    {
        if (_rejections.Enabled)
            _rejections.Add(1, new KeyValuePair<string, object?>("millrace.limit", limit));
    }

    public void HandlerGivenUp() => _givenUp.Add(1);

    public void HandlerGivenUpEnded() => _givenUp.Add(-1);

    public void Dispose() => _meter.Dispose();
}
