namespace Millrace.Benchmarks;

/// <summary>As many requests as client and server manage together.</summary>
internal sealed class LoadProfile(string name, string description, int connections, string path = "/", string? mix = null) : CostProfile(name, description)
{
    protected override Task<Load> LoadAsync(ServerProcess server, int seconds, CancellationToken cancellationToken) =>
        Wrk.RunAsync(server.Port, path, mix, connections, seconds, cancellationToken);
}
