namespace Millrace;

/// <summary>Where and how <see cref="Web.RunApp"/> runs an application.</summary>
public sealed class RunOptions
{
    private readonly int? _port;

    /// <summary>The host name or address to listen on; null, the default, and an empty one mean all interfaces, IPv4 and IPv6.</summary>
    public string? Host { get; init; }

    /// <summary>The port, 0 to 65535; default 8080, and 8443 with <see cref="Tls"/>. 0 lets the system choose; the banner tells which.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to what is no port.</exception>
    public int Port
    {
        get => _port ?? (Tls is null ? 8080 : 8443);
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 65535);
            _port = value;
        }
    }

    /// <summary>Certificates and rules for encrypted connections (https); null, the default, serves plain http.</summary>
    public TlsOptions? Tls { get; init; }

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
    public TimeSpan ShutdownTimeout
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, TimeSpan.Zero);
            field = value;
        }
    } = TimeSpan.FromSeconds(60);

    /// <summary>Whether Ctrl-C (SIGINT) and SIGTERM end the server gracefully; default true.</summary>
    public bool HandleSignals { get; init; } = true;

    /// <summary>Where the banner goes; default the console; null prints none.</summary>
    public Action<string>? Print { get; init; } = Console.WriteLine;

    /// <summary>Transport, limits, timeouts and logging; default all of them at their defaults, with warnings and errors logged to the console.</summary>
    public ServerOptions? Server { get; init; }
}
