using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Millrace.Transport.Epoll.Native;

/// <summary>The system calls about files: opening, what is known of them, and sending them.</summary>
internal static unsafe partial class Libc
{
    public const int ENOSYS = 38;
    public const int EIO = 5;
    public const int EOVERFLOW = 75;

    private const int AT_FDCWD = -100;
    private const int AT_SYMLINK_NOFOLLOW = 0x100;
    private const int AT_EMPTY_PATH = 0x1000;
    private const uint STATX_BASIC_STATS = 0x7FF;
    private const int O_NONBLOCK = 0x800;
    private const int O_CLOEXEC = 0x80000;
    private const int O_NOCTTY = 0x100;
    private const int MSG_MORE = 0x8000;

    // struct statx: the same on every architecture, with room behind it for what later kernels add.
    private const int StatusBytes = 256;
    private const int ModeAt = 28;
    private const int InodeAt = 32;
    private const int SizeAt = 40;
    private const int ModifiedSecondsAt = 112;
    private const int ModifiedNanosecondsAt = 120;
    private const int DeviceAt = 136;

    private const int TypeMask = 0xF000;
    private const int TypeRegular = 0x8000;
    private const int TypeDirectory = 0x4000;

    // O_NOFOLLOW is one of the few flags whose value differs between architectures.
    private static readonly int NoFollow = RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm ? 0x8000 : 0x20000;

    /// <summary>A descriptor to read a file by, or minus the error. A pipe that nobody writes to, or a device, makes it wait no more than a file does.</summary>
    public static int OpenToRead(string path, bool followLink) =>
        open(path, O_NONBLOCK | O_CLOEXEC | O_NOCTTY | (followLink ? 0 : NoFollow)) is >= 0 and var fd ? fd : -Marshal.GetLastPInvokeError();

    /// <summary>What the system knows of an open file; false if it knows nothing.</summary>
    public static bool TryStatus(int fd, out FileStatus status) => TryStatus(fd, "", AT_EMPTY_PATH, out status);

    /// <summary>What the system knows of a path; false if there is nothing.</summary>
    public static bool TryStatus(string path, bool followLink, out FileStatus status) =>
        TryStatus(AT_FDCWD, path, followLink ? 0 : AT_SYMLINK_NOFOLLOW, out status);

    /// <summary>Bytes of the file sent, 0 at its end, or minus the error.</summary>
    public static long SendFile(int fd, SafeFileHandle file, long offset, long count)
    {
        nint n = sendfile(fd, file, &offset, (nuint)count);
        return n >= 0 ? n : -Marshal.GetLastPInvokeError();
    }

    /// <summary>Bytes sent, or minus the error. The system may wait a little for what is sent next, so that both leave together.</summary>
    public static int SendWithMore(int fd, ReadOnlySpan<byte> buffer)
    {
        fixed (byte* p = buffer)
        {
            nint n = send(fd, p, (nuint)buffer.Length, MSG_NOSIGNAL | MSG_MORE);
            return n >= 0 ? (int)n : -Marshal.GetLastPInvokeError();
        }
    }

    private static bool TryStatus(int directory, string path, int flags, out FileStatus status)
    {
        var bytes = stackalloc byte[StatusBytes];
        if (statx(directory, path, flags, STATX_BASIC_STATS, bytes) != 0)
        {
            status = default;
            return false;
        }
        var fields = new ReadOnlySpan<byte>(bytes, StatusBytes);
        int type = MemoryMarshal.Read<ushort>(fields[ModeAt..]) & TypeMask;
        status = new FileStatus(
            type == TypeRegular,
            type == TypeDirectory,
            MemoryMarshal.Read<long>(fields[SizeAt..]),
            MemoryMarshal.Read<long>(fields[ModifiedSecondsAt..]),
            MemoryMarshal.Read<int>(fields[ModifiedNanosecondsAt..]),
            MemoryMarshal.Read<ulong>(fields[InodeAt..]),
            MemoryMarshal.Read<ulong>(fields[DeviceAt..]));
        return true;
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statx(int directory, string path, int flags, uint mask, byte* status);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint sendfile(int fd, SafeFileHandle file, long* offset, nuint count);
}

/// <summary>What the system knows of a file.</summary>
internal readonly record struct FileStatus(bool IsRegular, bool IsDirectory, long Length, long ModifiedSeconds, int ModifiedNanoseconds, ulong Inode, ulong Device);
