namespace Millrace;

/// <summary>
/// Where a host's application listens and how it ends, as configuration can say it: the section <c>Millrace</c> is bound to it. What is not set keeps the default
/// of <see cref="RunOptions"/>.
/// </summary>
public sealed class MillraceOptions
{
    /// <summary>See <see cref="RunOptions.Host"/>.</summary>
    public string? Host { get; set; }

    /// <summary>See <see cref="RunOptions.Hosts"/>.</summary>
    public IList<string> Hosts { get; } = [];

    /// <summary>See <see cref="RunOptions.Port"/>; default 8080.</summary>
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

    // Not properties that configuration would try to fill.
    internal TrustedProxies? Proxies { get; private set; }

    internal AbstractAccessLogger? AccessLog { get; private set; }

    internal TlsOptions? Tls { get; private set; }

    /// <summary>Sets what configuration cannot say: see <see cref="ServerOptions.Proxies"/>.</summary>
    public void UseProxies(TrustedProxies proxies) => Proxies = proxies;

    /// <summary>Sets what configuration cannot say: see <see cref="ServerOptions.AccessLog"/>.</summary>
    public void UseAccessLog(AbstractAccessLogger accessLog) => AccessLog = accessLog;

    /// <summary>Sets what configuration cannot say: see <see cref="RunOptions.Tls"/>.</summary>
    public void UseTls(TlsOptions tls) => Tls = tls;
}
