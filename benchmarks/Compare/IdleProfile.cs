namespace Millrace.Benchmarks;

/// <summary>What a connection costs that does nothing.</summary>
internal sealed class IdleProfile(string name, string description) : Profile(name, description)
{
    private const int Connections = 10_000;

    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(2);

    public override IReadOnlyList<Metric> Metrics { get; } =
    [
        new("RSS empty MB", "0.0"),
        new("RSS holding them MB", "0.0"),
        new("KB per connection", "0.00", IsCompared: true),
    ];

    public override bool NeedsFreshServer => true;

    public override async Task<double[]> MeasureAsync(ServerProcess server, int seconds, CancellationToken cancellationToken)
    {
        await Task.Delay(Settling, cancellationToken);
        long empty = server.ResidentBytes;
        var connections = new List<RawConnection>(Connections);
        try
        {
            while (connections.Count < Connections)
            {
                cancellationToken.ThrowIfCancellationRequested();
                connections.Add(new RawConnection(server.Port));
                connections[^1].Ask("/");
            }
            await Task.Delay(Settling, cancellationToken);
            long holding = server.ResidentBytes;
            // A server that saved by closing connections is found out here.
            foreach (var connection in connections)
                connection.Ask("/");
            return [empty / 1e6, holding / 1e6, (holding - empty) / 1e3 / Connections];
        }
        finally
        {
            foreach (var connection in connections)
                connection.Dispose();
        }
    }
}
