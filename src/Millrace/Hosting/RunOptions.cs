using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;

namespace Millrace;

/// <summary>Where and how <see cref="Web.RunApp(Application, RunOptions)"/> runs an application. Several kinds of address may stand side by side.</summary>
public sealed class RunOptions
{
    /// <summary>
    /// The host name or address to listen on; an empty one means all interfaces, IPv4 and IPv6, and so does null, the default, unless
    /// <see cref="Paths"/> or <see cref="Sockets"/> name a place and <see cref="Port"/> does not.
    /// </summary>
    public string? Host { get; init; }

    /// <summary>Further hosts to listen on, each with the same port; default none.</summary>
    /// <exception cref="ArgumentException">One is null.</exception>
    public IReadOnlyList<string> Hosts { get; init => field = AllGiven(value, nameof(Hosts)); } = [];

    /// <summary>
    /// The port, 0 to 65535, of every host. Null, the default, is 8080, or 8443 with <see cref="Tls"/>, and none at all where <see cref="Paths"/> or
    /// <see cref="Sockets"/> name a place and no host is named. 0 lets the system choose; the banner tells which.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to what is no port.</exception>
    public int? Port { get; init => field = value is { } port ? CheckPort(port) : null; }

    /// <summary>Certificates and rules for encrypted connections (https), at all places; null, the default, serves plain http. For both at once see <see cref="BaseSite.Tls"/>.</summary>
    public TlsOptions? Tls { get; init; }

    /// <summary>Unix sockets to listen on: paths of their files, or abstract names; default none. See <see cref="UnixSite"/>.</summary>
    /// <exception cref="ArgumentException">One is null.</exception>
    public IReadOnlyList<string> Paths { get; init => field = AllGiven(value, nameof(Paths)); } = [];

    /// <summary>Sockets that are bound, to listen on; default none. They are closed at the end. See <see cref="SocketSite"/> and <see cref="SystemdSockets"/>.</summary>
    /// <exception cref="ArgumentException">One is null.</exception>
    [SuppressMessage("ApiDesign", "RS0030", Justification = "Sockets come in here.")]
    public IReadOnlyList<Socket> Sockets { get; init => field = AllGiven(value, nameof(Sockets)); } = [];

    /// <summary>How many connections the system may hold until the server accepts them; default 512.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set below 1.</exception>
    public int Backlog
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            field = value;
        }
    } = 512;

    /// <summary>Lets several processes listen on the port (SO_REUSEPORT); default false.</summary>
    public bool ReusePort { get; init; }

    /// <summary>How long requests that run may take to finish when the server is told to stop; default 60 s. Then their connections are aborted.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to a negative time.</exception>
    public TimeSpan ShutdownTimeout { get; init => field = NotNegative(value); } = TimeSpan.FromSeconds(60);

    /// <summary>How long the receivers of <see cref="Application.OnCleanup"/> and the cleanup contexts may take altogether; default 30 s. Then they are left behind.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to a negative time.</exception>
    public TimeSpan CleanupTimeout { get; init => field = NotNegative(value); } = TimeSpan.FromSeconds(30);

    /// <summary>How long the server, told to stop, serves on as before, so that load balancers notice that it is <see cref="Application.Stopping"/>; default none.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to a negative time.</exception>
    public TimeSpan ReadinessDelay { get; init => field = NotNegative(value); }

    /// <summary>Whether Ctrl-C (SIGINT) and SIGTERM end the server gracefully; default true.</summary>
    public bool HandleSignals { get; init; } = true;

    /// <summary>Where the banner goes; default the console; null prints none.</summary>
    public Action<string>? Print { get; init; } = Console.WriteLine;

    /// <summary>Transport, limits, timeouts and logging; default all of them at their defaults, with warnings and errors logged to the console.</summary>
    public ServerOptions? Server { get; init; }

    internal AppRunner RunnerFor(Application app) => new(app, Server)
    {
        ShutdownTimeout = ShutdownTimeout,
        CleanupTimeout = CleanupTimeout,
        ReadinessDelay = ReadinessDelay,
    };

    /// <summary>The places to listen at, not started yet.</summary>
    [SuppressMessage("ApiDesign", "RS0030", Justification = "Sockets come in here.")]
    internal IEnumerable<BaseSite> SitesFor(BaseRunner runner)
    {
        bool namesNone = Hosts.Count == 0 && Paths.Count == 0 && Sockets.Count == 0;
        IEnumerable<string?> hosts = Hosts;
        if (Host is not null || namesNone || (Hosts.Count == 0 && Port is not null))
            hosts = hosts.Prepend(Host);
        foreach (string? host in hosts)
            yield return new TcpSite(runner, host, Port) { Tls = Tls, Backlog = Backlog, ReusePort = ReusePort };
        foreach (string path in Paths)
            yield return new UnixSite(runner, path) { Tls = Tls, Backlog = Backlog };
        foreach (var socket in Sockets)
            yield return new SocketSite(runner, socket) { Tls = Tls, Backlog = Backlog };
    }

    internal static int CheckPort(int value)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 65535);
        return value;
    }

    internal static TimeSpan NotNegative(TimeSpan value)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(value, TimeSpan.Zero);
        return value;
    }

    private static IReadOnlyList<T> AllGiven<T>(IReadOnlyList<T> value, string name) where T : class
    {
        ArgumentNullException.ThrowIfNull(value);
        foreach (var item in value)
        {
            if (item is null)
                throw new ArgumentException($"{name} holds one that is null: leave it out.", nameof(value));
        }
        return [.. value];
    }
}
