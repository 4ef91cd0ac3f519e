namespace Millrace.Benchmarks;

/// <summary>Load whose figure is what a request costs the server.</summary>
internal abstract class CostProfile(string name, string description) : Profile(name, description)
{
    public override IReadOnlyList<Metric> Metrics { get; } =
    [
        new("requests/s", "#,0", IsCompared: true),
        new("CPU µs per request", "0.00", IsCompared: true),
        new("p50 ms", "0.00"),
        new("p99 ms", "0.00"),
        new("RSS MB", "0"),
    ];

    public override Task WarmUpAsync(ServerProcess server, int seconds, CancellationToken cancellationToken) => LoadAsync(server, seconds, cancellationToken);

    public override async Task<double[]> MeasureAsync(ServerProcess server, int seconds, CancellationToken cancellationToken)
    {
        var before = server.ProcessorTime;
        var load = await LoadAsync(server, seconds, cancellationToken);
        var used = server.ProcessorTime - before;
        return [load.PerSecond, used.TotalMicroseconds / load.Requests, load.P50, load.P99, server.ResidentBytes / 1e6];
    }

    protected abstract Task<Load> LoadAsync(ServerProcess server, int seconds, CancellationToken cancellationToken);
}
