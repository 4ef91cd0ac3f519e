using System.Runtime.CompilerServices;
using Microsoft.Win32.SafeHandles;
using Millrace.Transport.Epoll.Native;

namespace Millrace.Transport.Epoll;

internal sealed partial class EpollConnection
{
    // So much goes from the page cache to a socket in well under the watchdog's interval.
    private const int SendFileBytesMax = 512 * 1024;

    /// <summary>The kernel moves the bytes from its page cache to the socket: sendfile(2).</summary>
    public override ValueTask<long> SendFileAsync(ReadOnlyMemory<byte> head, SafeFileHandle file, long offset, long count)
    {
        if (_lost)
            return new ValueTask<long>(Lost);
        if (!head.IsEmpty)
        {
            long ofHead = SendHead(head.Span);
            if (ofHead < head.Length)
                return SendRestAsync(head, ofHead, file, offset, count);
        }
        long sent = SendFile(file, offset, count);
        return sent >= 0 ? new ValueTask<long>(sent) : SendRestAsync(default, sent, file, offset, count);
    }

    private int SendHead(ReadOnlySpan<byte> head)
    {
        int n;
        do
        {
            n = Libc.SendWithMore(_fd, head);
        }
        while (n == -Libc.EINTR);
        Sent(n);
        return n;
    }

    private long SendFile(SafeFileHandle file, long offset, long count)
    {
        long n;
        do
        {
            n = Libc.SendFile(_fd, file, offset, Math.Min(count, SendFileBytesMax));
        }
        while (n == -Libc.EINTR);
        Sent(n);
        return n;
    }

    /// <param name="head">What is left to send before the file.</param>
    /// <param name="sent">What the last call said: bytes of the head, or minus the error.</param>
    /// <param name="file">The file.</param>
    /// <param name="offset">Where in the file.</param>
    /// <param name="count">How much of it.</param>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<long> SendRestAsync(ReadOnlyMemory<byte> head, long sent, SafeFileHandle file, long offset, long count)
    {
        if (!head.IsEmpty && (IsFatal(sent) || !await WriteRestAsync(head, default, sent).ConfigureAwait(false)))
            return Failed();
        if (!head.IsEmpty)
            sent = SendFile(file, offset, count);
        while (sent < 0)
        {
            // The file's fault, or its system's: reading says which, or does it.
            if (sent is -Libc.EINVAL or -Libc.ENOSYS or -Libc.EIO or -Libc.EOVERFLOW)
                return await base.SendFileAsync(default, file, offset, count).ConfigureAwait(false);
            if (IsFatal(sent))
                return Failed();
            WatchWrites();
            if (sent == -Libc.ENOBUFS)
                TryAgainLater();
            await WaitWritableAsync().ConfigureAwait(false);
            if (_lost)
                return Lost;
            sent = SendFile(file, offset, count);
        }
        return sent;
    }

    private static bool IsFatal(long sent) => sent is < 0 and not -Libc.EAGAIN and not -Libc.ENOBUFS;

    private long Failed()
    {
        Lose();
        return Lost;
    }
}
