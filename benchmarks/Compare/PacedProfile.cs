namespace Millrace.Benchmarks;

/// <summary>Little to do: what waking up costs.</summary>
internal sealed class PacedProfile(string name, string description) : CostProfile(name, description)
{
    private const int Connections = 16;
    private const int RequestsPerSecond = 2000;

    protected override Task<Load> LoadAsync(ServerProcess server, int seconds, CancellationToken cancellationToken) => Task.Run(
        () =>
        {
            using var client = new PacedClient(server.Port, Connections);
            return client.Run(RequestsPerSecond, seconds, cancellationToken);
        },
        cancellationToken);
}
