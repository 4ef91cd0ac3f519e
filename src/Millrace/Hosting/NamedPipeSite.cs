using Millrace.Telemetry;
using Millrace.Transport.Pipes;

namespace Millrace;

/// <summary>A named pipe of Windows (aiohttp: NamedPipeSite), for clients on the same machine. Other systems have <see cref="UnixSite"/> instead.</summary>
/// <remarks>
/// A pipe cannot be closed on one side alone: after its last answer the server closes it at once, and a client that leaves ends it. Each connection keeps a buffer
/// of 4 KiB, also while it is idle.
/// </remarks>
public sealed class NamedPipeSite : BaseSite
{
    private const string Prefix = @"\\.\pipe\";

    private readonly string _path;

    /// <summary>A site for a runner that is set up.</summary>
    /// <param name="runner">The runner.</param>
    /// <param name="path">The path of the pipe, such as <c>\\.\pipe\my-app</c>; the name alone stands for one on this machine.</param>
    /// <exception cref="InvalidOperationException">The runner is not set up.</exception>
    /// <exception cref="ArgumentException">The path is empty, or that of a pipe on another machine.</exception>
    /// <exception cref="PlatformNotSupportedException">This system is not Windows.</exception>
    public NamedPipeSite(BaseRunner runner, string path)
        : base(runner)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!OperatingSystem.IsWindows())
            throw new PlatformNotSupportedException("Named pipes are part of Windows: make a UnixSite, which does the same for other systems.");
        _ = NameIn(path);
        _path = path;
    }

    /// <summary>The path of the pipe, as it was given.</summary>
    public override string Name => _path;

    /// <summary>Whether only processes of the user that runs the server may connect; default true. False leaves it to what Windows says of pipes.</summary>
    public bool CurrentUserOnly { get; init; } = true;

    /// <summary>The name of the pipe that a path names.</summary>
    /// <exception cref="ArgumentException">It names none on this machine.</exception>
    internal static string NameIn(string path)
    {
        string name = path.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) ? path[Prefix.Length..] : path;
        return name.Length > 0 && !name.Contains('\\')
            ? name
            : throw new ArgumentException($@"'{path}' names no pipe on this machine: write {Prefix}NAME, or the name alone.", nameof(path));
    }

    private protected override ValueTask ListenAsync(Server server, CancellationToken cancellationToken)
    {
        Keep(server.StartListener(
            (loops, onAccepted) => new PipeListener(new PipeEndPoint(_path), NameIn(_path), CurrentUserOnly, loops, new HarmlessLogger(server.Loggers.CreateLogger("Millrace.Transport")), onAccepted), Tls));
        return ValueTask.CompletedTask;
    }
}
