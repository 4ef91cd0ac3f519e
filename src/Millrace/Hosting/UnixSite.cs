using Millrace.Transport;
using Millrace.Transport.Unix;

namespace Millrace;

/// <summary>
/// A Unix socket (aiohttp: UnixSite): a file, or on Linux an abstract name, which begins with NUL. A file that a dead server left behind is replaced; one
/// that somebody listens at, or that is no socket, is not. It is removed when the site stops.
/// </summary>
public sealed class UnixSite : BaseSite
{
    private readonly string _path;
    private UnixSocketFile? _file;

    /// <summary>A site for a runner that is set up.</summary>
    /// <param name="runner">The runner.</param>
    /// <param name="path">The path of the socket's file, or an abstract name: NUL and then its text.</param>
    /// <exception cref="InvalidOperationException">The runner is not set up.</exception>
    /// <exception cref="ArgumentException">The path is empty.</exception>
    public UnixSite(BaseRunner runner, string path)
        : base(runner)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        _path = path;
    }

    /// <summary>As elsewhere; an abstract name has an at sign in the place of its NUL, which no terminal should get.</summary>
    public override string Name => $"{Scheme}://unix:{_path.Replace('\0', '@')}:";

    /// <summary>Who may connect: who may write to the file. Null, the default, leaves it to the umask. It holds before anybody can connect.</summary>
    public UnixFileMode? Mode { get; init; }

    /// <summary>The number of the user that the file is given to; null, the default, leaves it with the process. Giving it to others takes rights.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to a negative number.</exception>
    public int? UserId { get; init => field = NotNegative(value); }

    /// <summary>The number of the group that the file is given to; null, the default, leaves it with that of the process.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to a negative number.</exception>
    public int? GroupId { get; init => field = NotNegative(value); }

    private protected override ValueTask ListenAsync(Server server, CancellationToken cancellationToken)
    {
        (var socket, _file) = UnixSocketFile.Bind(_path, Mode, UserId ?? -1, GroupId ?? -1);
        Keep(server.StartListener(socket, new ListenOptions { Backlog = Backlog }, Tls));
        return ValueTask.CompletedTask;
    }

    private protected override void OnStopped()
    {
        _file?.Remove();
        _file = null;
    }

    private static int? NotNegative(int? value)
    {
        if (value is { } number)
            ArgumentOutOfRangeException.ThrowIfNegative(number);
        return value;
    }
}
