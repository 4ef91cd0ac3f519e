using System.Net;
using Millrace.Hosting;
using Millrace.Transport;

namespace Millrace;

/// <summary>A port of this machine (aiohttp: TCPSite).</summary>
public sealed class TcpSite : BaseSite
{
    private readonly string? _host;
    private readonly int? _asked;
    private int? _port;

    /// <summary>A site for a runner that is set up.</summary>
    /// <param name="runner">The runner.</param>
    /// <param name="host">The host name or address to listen on; null and an empty one mean all interfaces, IPv4 and IPv6. A name with several addresses listens on each that this machine has.</param>
    /// <param name="port">The port, 0 to 65535; null means 8080, or 8443 with <see cref="BaseSite.Tls"/>. 0 lets the system choose.</param>
    /// <exception cref="InvalidOperationException">The runner is not set up.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The port is none.</exception>
    public TcpSite(BaseRunner runner, string? host = null, int? port = null)
        : base(runner)
    {
        if (port is { } given)
            RunOptions.CheckPort(given);
        _host = host;
        _asked = port;
    }

    /// <summary>The port; once started the real one, where 0 was asked for.</summary>
    public int Port => _port ?? _asked ?? (Tls is null ? 8080 : 8443);

    /// <inheritdoc/>
    public override string Name => ListenEndPoints.NameOf(Scheme, string.IsNullOrEmpty(_host) ? "0.0.0.0" : _host, Port);

    /// <summary>Lets several processes listen on the port (SO_REUSEPORT; Linux, macOS, FreeBSD); default false.</summary>
    public bool ReusePort { get; init; }

    private protected override async ValueTask ListenAsync(Server server, CancellationToken cancellationToken)
    {
        var options = new ListenOptions { Backlog = Backlog, ReusePort = ReusePort };
        _port = null;
        ListenEndPoints.BindEach(await ListenEndPoints.ResolveAsync(_host, cancellationToken).ConfigureAwait(false), address =>
        {
            // A host with several addresses has one port, also where the system chose it.
            var bound = Keep(server.StartListener(new IPEndPoint(address, Port), options, Tls));
            _port = ((IPEndPoint)bound).Port;
        });
    }
}
