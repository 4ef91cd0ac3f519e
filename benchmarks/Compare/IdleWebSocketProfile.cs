namespace Millrace.Benchmarks;

/// <summary>What a WebSocket costs on which nothing happens.</summary>
internal sealed class IdleWebSocketProfile(string name, string description) : Profile(name, description)
{
    private const int Connections = 10_000;
    private const int WarmUpConnections = 5_000;

    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(2);

    public override IReadOnlyList<Metric> Metrics { get; } =
    [
        new("RSS empty MB", "0.0"),
        new("RSS holding them MB", "0.0"),
        new("KB per WebSocket", "0.00", IsCompared: true),
    ];

    public override bool NeedsFreshServer => true;

    public override Task WarmUpAsync(ServerProcess server, int seconds, CancellationToken cancellationToken)
    {
        for (int i = 0; i < WarmUpConnections; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var connection = new EchoConnection(server.Port);
            connection.Ask();
        }
        return Task.CompletedTask;
    }

    public override async Task<double[]> MeasureAsync(ServerProcess server, int seconds, CancellationToken cancellationToken)
    {
        await Task.Delay(Settling, cancellationToken);
        long empty = server.ResidentBytes;
        var connections = new List<EchoConnection>(Connections);
        try
        {
            while (connections.Count < Connections)
            {
                cancellationToken.ThrowIfCancellationRequested();
                connections.Add(new EchoConnection(server.Port));
                connections[^1].Ask();
            }
            await Task.Delay(Settling, cancellationToken);
            long holding = server.ResidentBytes;
            foreach (var connection in connections)
                connection.Ask();
            return [empty / 1e6, holding / 1e6, (holding - empty) / 1e3 / Connections];
        }
        finally
        {
            foreach (var connection in connections)
                connection.Dispose();
        }
    }
}
