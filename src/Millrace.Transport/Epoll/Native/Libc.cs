using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Millrace.Transport.Epoll.Native;

/// <summary>
/// The system calls of the epoll transport. Signatures hold for glibc and musl on x64 and arm64.
/// </summary>
/// <remarks>
/// Invariant: every pointer passed here is valid for the call alone. No call keeps one: all descriptors are
/// non-blocking, so a call returns before the caller's <c>fixed</c> statement ends.
/// </remarks>
internal static unsafe partial class Libc
{
    public const int EINTR = 4;
    public const int EBADF = 9;
    public const int EAGAIN = 11;
    public const int ENOMEM = 12;
    public const int EINVAL = 22;
    public const int ENFILE = 23;
    public const int EMFILE = 24;
    public const int ENOBUFS = 105;

    public const uint EPOLLIN = 0x001;
    public const uint EPOLLOUT = 0x004;
    public const uint EPOLLERR = 0x008;
    public const uint EPOLLHUP = 0x010;
    public const uint EPOLLRDHUP = 0x2000;
    public const uint EPOLLEXCLUSIVE = 1u << 28;
    public const uint EPOLLET = 1u << 31;

    public const int EPOLL_CTL_ADD = 1;
    public const int EPOLL_CTL_MOD = 3;

    private const int EPOLL_CTL_DEL = 2;
    private const int EPOLL_CLOEXEC = 0x80000;
    private const int EFD_CLOEXEC = 0x80000;
    private const int EFD_NONBLOCK = 0x800;
    private const int SOCK_CLOEXEC = 0x80000;
    private const int SOCK_NONBLOCK = 0x800;
    private const int MSG_NOSIGNAL = 0x4000;
    private const int SHUT_WR = 1;
    private const int SOL_SOCKET = 1;
    private const int SO_LINGER = 13;
    private const int SIOCOUTQ = 0x5411;
    private const int F_SETFD = 2;
    private const int FD_CLOEXEC = 1;

    public static int EpollCreate() => Checked(epoll_create1(EPOLL_CLOEXEC));

    public static int EventFd() => Checked(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));

    /// <summary>A descriptor of the next connection, or minus the error.</summary>
    public static int Accept(int listener, Span<byte> address, out int addressLength)
    {
        fixed (byte* p = address)
        {
            int length = address.Length;
            int fd = accept4(listener, p, &length, SOCK_CLOEXEC | SOCK_NONBLOCK);
            addressLength = length;
            return fd >= 0 ? fd : -Marshal.GetLastPInvokeError();
        }
    }

    /// <summary>Bytes received, 0 at the end of the stream, or minus the error.</summary>
    public static int Receive(int fd, Span<byte> buffer)
    {
        fixed (byte* p = buffer)
        {
            nint n = recv(fd, p, (nuint)buffer.Length, 0);
            return n >= 0 ? (int)n : -Marshal.GetLastPInvokeError();
        }
    }

    /// <summary>Bytes sent, or minus the error.</summary>
    public static int Send(int fd, ReadOnlySpan<byte> buffer)
    {
        fixed (byte* p = buffer)
        {
            nint n = send(fd, p, (nuint)buffer.Length, MSG_NOSIGNAL);
            return n >= 0 ? (int)n : -Marshal.GetLastPInvokeError();
        }
    }

    /// <summary>Bytes sent of the two buffers one after the other, or minus the error.</summary>
    public static long Send(int fd, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        fixed (byte* p1 = first, p2 = second)
        {
            var vectors = stackalloc IoVector[2];
            vectors[0] = new IoVector { Base = p1, Length = (nuint)first.Length };
            vectors[1] = new IoVector { Base = p2, Length = (nuint)second.Length };
            var message = new MessageHeader { Vectors = vectors, VectorCount = 2 };
            nint n = sendmsg(fd, &message, MSG_NOSIGNAL);
            return n >= 0 ? n : -Marshal.GetLastPInvokeError();
        }
    }

    public static void ShutdownWrites(int fd) => _ = shutdown(fd, SHUT_WR);

    public static void Close(int fd) => _ = close(fd);

    /// <summary>Makes the coming <see cref="Close"/> send a reset in place of what is still unsent.</summary>
    public static void ResetOnClose(int fd)
    {
        var linger = stackalloc int[2] { 1, 0 };
        _ = setsockopt(fd, SOL_SOCKET, SO_LINGER, linger, 2 * sizeof(int));
    }

    /// <summary>Sets what the socket may also do without.</summary>
    public static void TrySetOption(int fd, int level, int option, int value) => _ = setsockopt(fd, level, option, &value, sizeof(int));

    /// <summary>Programs that this process starts do not inherit the descriptor.</summary>
    public static void CloseOnExec(int fd) => _ = fcntl(fd, F_SETFD, FD_CLOEXEC);

    /// <summary>Bytes sent that the peer's system has not acknowledged; 0 where the system does not tell.</summary>
    public static int QueuedBytes(int fd)
    {
        int count;
        return ioctl(fd, SIOCOUTQ, &count) == 0 ? count : 0;
    }

    /// <summary>Writes the local address of a socket; its length, or 0.</summary>
    public static int LocalAddress(int fd, Span<byte> address)
    {
        fixed (byte* p = address)
        {
            int length = address.Length;
            return getsockname(fd, p, &length) == 0 ? length : 0;
        }
    }

    public static void Signal(int eventFd)
    {
        ulong one = 1;
        _ = write(eventFd, &one, sizeof(ulong));
    }

    public static void Unsignal(int eventFd)
    {
        ulong value;
        _ = read(eventFd, &value, sizeof(ulong));
    }

    public static void EpollControl(int epoll, int operation, int fd, uint events, ulong data)
    {
        var entry = stackalloc byte[EpollEvents.EntrySizeMax];
        EpollEvents.Write(entry, events, data);
        if (epoll_ctl(epoll, operation, fd, entry) != 0)
            throw new SocketException(Marshal.GetLastPInvokeError(), "epoll_ctl failed");
    }

    /// <summary>Takes a descriptor out, be it in or not (ENOENT).</summary>
    public static void EpollForget(int epoll, int fd)
    {
        var entry = stackalloc byte[EpollEvents.EntrySizeMax];
        _ = epoll_ctl(epoll, EPOLL_CTL_DEL, fd, entry);
    }

    /// <summary>Number of events fetched; 0 also when a signal cut the wait short.</summary>
    public static int EpollWait(int epoll, EpollEvents events, int timeoutMilliseconds)
    {
        int n = epoll_wait(epoll, events.Pointer, EpollEvents.Capacity, timeoutMilliseconds);
        return Math.Max(n, 0);
    }

    private static int Checked(int result) =>
        result >= 0 ? result : throw new SocketException(Marshal.GetLastPInvokeError());

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_create1(int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_ctl(int epoll, int operation, int fd, byte* entry);

    [LibraryImport("libc")]
    private static partial int epoll_wait(int epoll, byte* events, int count, int timeout);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int eventfd(uint initial, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int accept4(int fd, byte* address, int* length, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint recv(int fd, byte* buffer, nuint length, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint send(int fd, byte* buffer, nuint length, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint sendmsg(int fd, MessageHeader* message, int flags);

    [LibraryImport("libc")]
    private static partial int shutdown(int fd, int how);

    [LibraryImport("libc")]
    private static partial int close(int fd);

    [LibraryImport("libc")]
    private static partial int setsockopt(int fd, int level, int option, void* value, int length);

    [LibraryImport("libc")]
    private static partial int getsockname(int fd, byte* address, int* length);

    // These two are not variadic here: on Linux a third argument is passed alike on x64 and arm64.
    [LibraryImport("libc")]
    private static partial int ioctl(int fd, nuint request, int* argument);

    [LibraryImport("libc")]
    private static partial int fcntl(int fd, int command, int argument);

    [LibraryImport("libc")]
    private static partial nint read(int fd, void* buffer, nuint length);

    [LibraryImport("libc")]
    private static partial nint write(int fd, void* buffer, nuint length);

    [StructLayout(LayoutKind.Sequential)]
    private struct IoVector
    {
        public byte* Base;
        public nuint Length;
    }

    // struct msghdr. musl splits VectorCount and ControlLength into an int and padding; with the upper half zero both agree.
    [StructLayout(LayoutKind.Sequential)]
    private struct MessageHeader
    {
        public void* Name;
        public nuint NameLength;
        public IoVector* Vectors;
        public nuint VectorCount;
        public void* Control;
        public nuint ControlLength;
        public int Flags;
    }
}
