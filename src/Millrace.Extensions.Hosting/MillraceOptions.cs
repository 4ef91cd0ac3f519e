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

    /// <summary>See <see cref="ServerOptions.Proxies"/>; set it in code.</summary>
    public TrustedProxies? Proxies { get; set; }

    /// <summary>See <see cref="ServerOptions.AccessLog"/>; set it in code.</summary>
    public AbstractAccessLogger? AccessLog { get; set; }

    /// <summary>See <see cref="RunOptions.Tls"/>; set it in code.</summary>
    public TlsOptions? Tls { get; set; }
}
