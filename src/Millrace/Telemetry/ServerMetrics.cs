using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Millrace.Telemetry;

/// <summary>The instruments of one server, in the meter <c>Millrace</c>. They cost nothing while nobody listens.</summary>
internal sealed class ServerMetrics : IDisposable
{
    // What OpenTelemetry's HTTP conventions recommend, in seconds.
    private static readonly InstrumentAdvice<double> ShortTimes = new() { HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10] };

    private static readonly InstrumentAdvice<double> LongTimes = new() { HistogramBucketBoundaries = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300] };

    private readonly Meter _meter = new("Millrace", typeof(ServerMetrics).Assembly.GetName().Version?.ToString(3));
    private readonly UpDownCounter<long> _connections;
    private readonly Histogram<double> _connectionDuration;
    private readonly Counter<long> _ends;
    private readonly Counter<long> _faults;
    private readonly Counter<long> _rejections;
    private readonly UpDownCounter<long> _givenUp;
    private readonly UpDownCounter<long> _handshakes;
    private readonly Histogram<double> _handshakeDuration;
    private readonly UpDownCounter<long> _requests;
    private readonly Histogram<double> _requestDuration;

    public ServerMetrics(Func<long> handOvers, Func<IEnumerable<Measurement<double>>> loopLags)
    {
        _connections = _meter.CreateUpDownCounter<long>("millrace.active_connections", "{connection}", "Connections that are open.");
        _connectionDuration = _meter.CreateHistogram("millrace.connection.duration", "s", "How long connections were open.", tags: null, LongTimes);
        _ends = _meter.CreateCounter<long>("millrace.connection.ends", "{connection}", "Connections that ended, by reason.");
        _faults = _meter.CreateCounter<long>("millrace.protocol.faults", "{request}", "Requests refused because they broke the protocol, by fault.");
        _rejections = _meter.CreateCounter<long>("millrace.rejected_connections", "{connection}", "Connections refused because there were too many, by limit.");
        _givenUp = _meter.CreateUpDownCounter<long>("millrace.handlers.given_up", "{handler}", "Handlers that still run although nobody waits for them: their time was over or their client gone.");
        _handshakes = _meter.CreateUpDownCounter<long>("millrace.active_tls_handshakes", "{handshake}", "TLS handshakes under way.");
        _handshakeDuration = _meter.CreateHistogram("millrace.tls_handshake.duration", "s", "How long TLS handshakes took.", tags: null, ShortTimes);
        _requests = _meter.CreateUpDownCounter<long>("http.server.active_requests", "{request}", "Number of active HTTP server requests.");
        _requestDuration = _meter.CreateHistogram("http.server.request.duration", "s", "Duration of HTTP server requests.", tags: null, ShortTimes);
        _meter.CreateObservableCounter("millrace.loop.hand_overs", handOvers, "{hand_over}", "Event loops taken from a thread that a handler blocked.");
        _meter.CreateObservableGauge("millrace.loop.lag", loopLags, "s", "How long what was posted to a loop last waited until it ran, by loop.");
    }

    /// <summary>The meter of this server alone.</summary>
    public Meter Meter => _meter;

    /// <summary>Whether somebody wants to know of requests.</summary>
    public bool MeasuresRequests => _requestDuration.Enabled || _requests.Enabled;

    /// <summary>Whether somebody wants to know how long connections are open.</summary>
    public bool MeasuresConnections => _connectionDuration.Enabled;

    /// <summary>Whether somebody wants to know how long handshakes take.</summary>
    public bool MeasuresHandshakes => _handshakeDuration.Enabled;

    public void ConnectionOpened() => _connections.Add(1);

    /// <param name="reason">Why it ended.</param>
    /// <param name="duration">How long it was open; null if nobody measured.</param>
    public void ConnectionEnded(string reason, TimeSpan? duration)
    {
        _connections.Add(-1);
        if (_ends.Enabled)
            _ends.Add(1, new KeyValuePair<string, object?>("error.type", reason));
        if (duration is { } time)
            _connectionDuration.Record(time.TotalSeconds, new KeyValuePair<string, object?>("error.type", reason));
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

    public void HandshakeStarted() => _handshakes.Add(1);

    /// <param name="protocol">What was agreed on, such as <c>1.3</c>; null if it failed.</param>
    /// <param name="error">Why it failed; null if it did not.</param>
    /// <param name="duration">How long it took; null if nobody measured.</param>
    public void HandshakeEnded(string? protocol, string? error, TimeSpan? duration)
    {
        _handshakes.Add(-1);
        if (duration is not { } time)
            return;
        _handshakeDuration.Record(time.TotalSeconds, protocol is not null
            ? new KeyValuePair<string, object?>("tls.protocol.version", protocol)
            : new KeyValuePair<string, object?>("error.type", error));
    }

    public void RequestStarted(string method, string scheme) =>
        _requests.Add(1, new("http.request.method", method), new KeyValuePair<string, object?>("url.scheme", scheme));

    /// <param name="request">The request, which can still be read.</param>
    /// <param name="method">As it was given to <see cref="RequestStarted"/>, so that what was counted up is counted down.</param>
    /// <param name="scheme">Likewise.</param>
    /// <param name="outcome">How it ended.</param>
    public void RequestEnded(Request request, string method, string scheme, RequestOutcome outcome)
    {
        _requests.Add(-1, new("http.request.method", method), new KeyValuePair<string, object?>("url.scheme", scheme));
        if (!_requestDuration.Enabled)
            return;
        var tags = new TagList
        {
            { "http.request.method", method },
            { "url.scheme", scheme },
            { "network.protocol.version", HttpNames.VersionOf(request) },
        };
        if (request.Destination?.RouteText is { } route)
            tags.Add("http.route", route);
        if (outcome.Status != 0)
            tags.Add("http.response.status_code", outcome.Status);
        if (outcome.Error is { } error)
            tags.Add("error.type", error);
        _requestDuration.Record(outcome.Duration.TotalSeconds, tags);
    }

    public void Dispose() => _meter.Dispose();
}
