using System.Runtime.InteropServices;

namespace Millrace.Transport.Epoll.Native;

/// <summary>What .NET does not tell of files: whether one is a socket, which one it is, and to whom it is given.</summary>
/// <remarks>Invariant: every pointer passed here is valid for the call alone.</remarks>
internal static unsafe partial class FileSystem
{
    private const int AT_FDCWD = -100;
    private const int AT_SYMLINK_NOFOLLOW = 0x100;
    private const uint STATX_TYPE_MODE_INO = 0x103;
    private const int StatxSize = 256;
    private const int StatxMode = 28;
    private const int StatxInode = 32;
    private const int SIFMT = 0xF000;
    private const int SIFSOCK = 0xC000;

    /// <summary>The number of the socket file at a path; 0 if there is none, or something else. Linux only.</summary>
    public static ulong SocketInode(string path)
    {
        // struct statx has the same form on every architecture.
        Span<byte> status = stackalloc byte[StatxSize];
        fixed (byte* p = status)
        {
            if (statx(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, STATX_TYPE_MODE_INO, p) != 0)
                return 0;
        }
        bool isSocket = (MemoryMarshal.Read<ushort>(status[StatxMode..]) & SIFMT) == SIFSOCK;
        return isSocket ? MemoryMarshal.Read<ulong>(status[StatxInode..]) : 0;
    }

    /// <summary>Gives a file to a user and a group; -1 leaves either as it is.</summary>
    /// <exception cref="UnauthorizedAccessException">The process may not.</exception>
    public static void ChangeOwner(string path, int user, int group)
    {
        if (chown(path, user, group) != 0)
            throw new UnauthorizedAccessException($"The owner of '{path}' cannot be changed to {user}:{group}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}.");
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statx(int directory, string path, int flags, uint mask, byte* status);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int chown(string path, int user, int group);
}
