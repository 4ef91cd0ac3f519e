using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Millrace;

/// <summary>
/// Where a host's application listens and how it ends, as configuration can say it: the section <c>Millrace</c> is bound to it. What is not set keeps the default
/// of <see cref="RunOptions"/>.
/// </summary>
public sealed class MillraceOptions
{
    // The host's own default is 30 s (HostOptions.ShutdownTimeout).
    private static readonly TimeSpan BeforeTheHostGivesUp = TimeSpan.FromSeconds(25);

    // Not properties: configuration would try to fill them.
    private TrustedProxies? _proxies;
    private AbstractAccessLogger? _accessLog;
    private TlsOptions? _tls;

    [SuppressMessage("ApiDesign", "RS0030", Justification = "Sockets come in here.")]
    private IReadOnlyList<Socket> _sockets = [];

    /// <summary>See <see cref="RunOptions.Host"/>.</summary>
    public string? Host { get; set; }

    /// <summary>See <see cref="RunOptions.Hosts"/>.</summary>
    public IList<string> Hosts { get; } = [];

    /// <summary>See <see cref="RunOptions.Port"/>.</summary>
    public int? Port { get; set; }

    /// <summary>See <see cref="RunOptions.Paths"/>.</summary>
    public IList<string> Paths { get; } = [];

    /// <summary>See <see cref="RunOptions.Backlog"/>.</summary>
    public int? Backlog { get; set; }

    /// <summary>See <see cref="RunOptions.ReusePort"/>.</summary>
    public bool? ReusePort { get; set; }

    /// <summary>See <see cref="RunOptions.ShutdownTimeout"/>; default 25 s, because a host gives up after 30 s: raise both together.</summary>
    public TimeSpan? ShutdownTimeout { get; set; }

    /// <summary>See <see cref="RunOptions.CleanupTimeout"/>.</summary>
    public TimeSpan? CleanupTimeout { get; set; }

    /// <summary>See <see cref="RunOptions.ReadinessDelay"/>.</summary>
    public TimeSpan? ReadinessDelay { get; set; }

    /// <summary>Limits, timeouts and transport.</summary>
    public MillraceServerOptions Server { get; } = new();

    /// <summary>Sets what configuration cannot say: see <see cref="ServerOptions.Proxies"/>.</summary>
    public void UseProxies(TrustedProxies proxies) => _proxies = proxies;

    /// <summary>Sets what configuration cannot say: see <see cref="ServerOptions.AccessLog"/>.</summary>
    public void UseAccessLog(AbstractAccessLogger accessLog) => _accessLog = accessLog;

    /// <summary>Sets what configuration cannot say: see <see cref="RunOptions.Tls"/>.</summary>
    public void UseTls(TlsOptions tls) => _tls = tls;

    /// <summary>Sets what configuration cannot say: see <see cref="RunOptions.Sockets"/>.</summary>
    [SuppressMessage("ApiDesign", "RS0030", Justification = "Sockets come in here.")]
    public void UseSockets(IReadOnlyList<Socket> sockets) => _sockets = sockets;

    internal RunOptions ToRunOptions(Action<string> print, TimeProvider timeProvider, ILoggerFactory loggers)
    {
        var defaults = new RunOptions();
        return new RunOptions
        {
            Host = Host,
            Hosts = [.. Hosts],
            Port = Port,
            Paths = [.. Paths],
            Sockets = _sockets,
            Tls = _tls,
            Backlog = Backlog ?? defaults.Backlog,
            ReusePort = ReusePort ?? defaults.ReusePort,
            ShutdownTimeout = ShutdownTimeout ?? BeforeTheHostGivesUp,
            CleanupTimeout = CleanupTimeout ?? defaults.CleanupTimeout,
            ReadinessDelay = ReadinessDelay ?? defaults.ReadinessDelay,
            HandleSignals = false,
            Print = print,
            Server = Server.ToServerOptions(_proxies, _accessLog, timeProvider, loggers),
        };
    }
}
