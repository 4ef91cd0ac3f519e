namespace Millrace.Benchmarks;

/// <summary>What handlers that block their threads do to the requests beside them.</summary>
internal sealed class BlockProfile(string name, string description, string blockingPath) : Profile(name, description)
{
    private const int Connections = 16;
    private const int BlockingConnections = 8;

    private static readonly TimeSpan HeadStart = TimeSpan.FromMilliseconds(500);

    public override IReadOnlyList<Metric> Metrics { get; } =
    [
        new("/ alone, per s", "#,0"),
        new("/ beside them, per s", "#,0"),
        new("kept %", "0.0"),
        new("p50 ms", "0.00"),
        new("p99 ms", "0.00"),
        new("blocking, per s", "0", IsCompared: true),
    ];

    public override async Task<double[]> MeasureAsync(ServerProcess server, int seconds, CancellationToken cancellationToken)
    {
        var alone = await Wrk.RunAsync(server.Port, "/", mix: null, Connections, seconds, cancellationToken);
        // They start earlier and end later than the load they are to disturb.
        var blocking = Wrk.RunAsync(server.Port, blockingPath, mix: null, BlockingConnections, seconds + 1, cancellationToken);
        await Task.Delay(HeadStart, cancellationToken);
        var beside = await Wrk.RunAsync(server.Port, "/", mix: null, Connections, seconds, cancellationToken);
        return [alone.PerSecond, beside.PerSecond, 100 * beside.PerSecond / alone.PerSecond, beside.P50, beside.P99, (await blocking).PerSecond];
    }
}
