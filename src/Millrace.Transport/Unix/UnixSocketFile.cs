using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;
using Millrace.Transport.Epoll.Native;

namespace Millrace.Transport.Unix;

/// <summary>The file that a Unix socket is reached by: made with the mode and owner asked for before anybody can connect, removed at the end.</summary>
internal sealed class UnixSocketFile
{
    private readonly string _path;
    private readonly ulong _inode;

    private UnixSocketFile(string path)
    {
        _path = path;
        _inode = OperatingSystem.IsLinux() ? FileSystem.SocketInode(path) : 0;
    }

    /// <summary>Binds a socket to a path. It does not listen yet.</summary>
    /// <param name="path">A path of a file, or a name that begins with NUL: an abstract one, which is no file (Linux).</param>
    /// <param name="mode">Who may connect; null leaves it to the umask.</param>
    /// <param name="user">The owner's number; -1 leaves it.</param>
    /// <param name="group">The group's number; -1 leaves it.</param>
    /// <exception cref="SocketException">Somebody listens there, or the path cannot be bound.</exception>
    /// <exception cref="IOException">Something else than a socket is there.</exception>
    public static (Socket Socket, UnixSocketFile? File) Bind(string path, UnixFileMode? mode, int user, int group)
    {
        bool isFile = path[0] != '\0';
        if (isFile)
            RemoveStale(path);
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Bind(new UnixDomainSocketEndPoint(path));
            if (!isFile)
                return (socket, null);
            if (mode is { } bits && !OperatingSystem.IsWindows())
                File.SetUnixFileMode(path, bits);
            if (user >= 0 || group >= 0)
                FileSystem.ChangeOwner(path, user, group);
            return (WithoutFile(socket), new UnixSocketFile(path));
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Removes the file, unless another process has put its own there meanwhile.</summary>
    public void Remove()
    {
        if (_inode == 0 || FileSystem.SocketInode(_path) == _inode)
            File.Delete(_path);
    }

    /// <summary>The socket as one that does not know its path: .NET has whoever bound a path delete the file at the end, be it another's by then.</summary>
    [SuppressMessage("Usage", "CA1816", Justification = "Its end, be it by the finalizer, is what must not happen.")]
    private static Socket WithoutFile(Socket bound)
    {
        GC.SuppressFinalize(bound);
        return new Socket(bound.SafeHandle);
    }

    /// <summary>A server that was killed leaves its file behind, where nobody answers.</summary>
    private static void RemoveStale(string path)
    {
        if (!File.Exists(path))
            return;
        // Not waiting: a server whose queue is full is there all the same.
        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { Blocking = false };
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(path));
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused && IsSocket(path))
        {
            File.Delete(path);
            return;
        }
        catch (SocketException e) when (!IsSocket(path))
        {
            throw new IOException($"'{path}' is a file and no socket: choose another path, or remove it.", e);
        }
        catch (SocketException)
        {
            // It takes nobody now, or not us.
        }
        throw new SocketException((int)SocketError.AddressAlreadyInUse);
    }

    // Elsewhere only Linux refuses a connection to a file of another kind with the same error.
    private static bool IsSocket(string path) => OperatingSystem.IsLinux() ? FileSystem.SocketInode(path) != 0 : new FileInfo(path).Length == 0;
}
