using Millrace.Hosting;

namespace Millrace;

/// <summary>Runs a low-level <see cref="Server"/>, without an application (aiohttp: ServerRunner). It is set up once, because a server runs once.</summary>
public sealed class ServerRunner : BaseRunner
{
    private readonly Server _server;

    /// <summary>A runner for a server.</summary>
    /// <param name="server">The server; the runner disposes it.</param>
    public ServerRunner(Server server)
        : base(Checked(server).Options.TimeProvider) => _server = server;

    private protected override void Claim()
    {
    }

    private protected override async Task<Server> StartServerAsync(CancellationToken cancellationToken)
    {
        var transport = Transports.Open(_server.Options, _server.Loggers);
        try
        {
            _server.Open(transport);
            return _server;
        }
        catch (InvalidOperationException)
        {
            await transport.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private protected override Task TellStoppingAsync() => Task.CompletedTask;

    private protected override Task ShutdownAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private protected override Task CleanupServerAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static Server Checked(Server server)
    {
        ArgumentNullException.ThrowIfNull(server);
        return server;
    }
}
