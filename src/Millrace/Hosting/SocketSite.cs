using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using Millrace.Hosting;
using Millrace.Transport;

namespace Millrace;

/// <summary>
/// A socket that was bound elsewhere (aiohttp: SockSite): by this program, or by whoever started it, as systemd does (see <see cref="SystemdSockets"/>).
/// </summary>
[SuppressMessage("ApiDesign", "RS0030", Justification = "It is the one place of this assembly where a socket comes in.")]
public sealed class SocketSite : BaseSite
{
    private readonly Socket _socket;
    private readonly EndPoint _address;

    /// <summary>A site for a runner that is set up.</summary>
    /// <param name="runner">The runner.</param>
    /// <param name="socket">A bound TCP or Unix socket, listening or not. The site takes it over and closes it when it stops; so it can be started once.</param>
    /// <exception cref="InvalidOperationException">The runner is not set up.</exception>
    /// <exception cref="ArgumentException">The socket is not bound.</exception>
    public SocketSite(BaseRunner runner, Socket socket)
        : base(runner)
    {
        ArgumentNullException.ThrowIfNull(socket);
        _socket = socket;
        _address = socket.LocalEndPoint ?? throw new ArgumentException("The socket is not bound: bind it to an address first.", nameof(socket));
    }

    /// <inheritdoc/>
    public override string Name => _address is IPEndPoint ip
        ? ListenEndPoints.NameOf(Scheme, ip.Address.ToString(), ip.Port)
        : $"{Scheme}://unix:{_address}:";

    private protected override ValueTask ListenAsync(Server server, CancellationToken cancellationToken)
    {
        Keep(server.StartListener(_socket, new ListenOptions { Backlog = Backlog }));
        return ValueTask.CompletedTask;
    }
}
