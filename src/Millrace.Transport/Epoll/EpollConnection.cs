using System.Net;
using System.Runtime.CompilerServices;
using System.Threading.Tasks.Sources;
using Millrace.Transport.Clock;
using Millrace.Transport.Epoll.Native;

namespace Millrace.Transport.Epoll;

/// <summary>
/// A socket registered edge-triggered with one loop.
/// </summary>
/// <remarks>
/// Fields by owner. The flow that runs the connection: <see cref="_drained"/> and everything that reads or writes the
/// descriptor. The loop's leader: nothing; it raises its two flags and sets
/// one-way flags. Because system calls come from the owner alone and never wait, the descriptor cannot be closed
/// under one of them.
/// </remarks>
internal sealed partial class EpollConnection : SignalledConnection, IReadinessTarget, IValueTaskSource
{
    private const int OutOfMemoryPauseMilliseconds = 20;

    private readonly EpollLoop _loop;
    private readonly int _fd;
    private Readiness _writable;
    private bool _watchesWrites;
    private bool _sendsFurtherAhead;
    private SocketAddressBytes _remoteAddress;
    private readonly byte _remoteAddressLength;

    // An edge-triggered descriptor tells nothing more until it was read empty.
    private bool _drained = true;
    private volatile bool _lost;
    private long _sent;

    public EpollConnection(EpollLoop loop, int fd, uint generation, ReadOnlySpan<byte> remoteAddress)
    {
        _loop = loop;
        _fd = fd;
        Generation = generation;
        _remoteAddressLength = (byte)remoteAddress.Length;
        remoteAddress.CopyTo(_remoteAddress);
    }

    public int Descriptor => _fd;

    public uint Generation { get; }

    public override EventLoop Loop => _loop;

    /// <summary>
    /// A descriptor that was closed and given to another connection while a timer asks makes the answer wrong, which its contract allows; nothing
    /// is changed by asking.
    /// </summary>
    public override long Delivered => Volatile.Read(ref _sent) - Libc.QueuedBytes(_fd);

    public override EndPoint? RemoteEndPoint => SocketAddressBytes.ToEndPoint(_remoteAddress[.._remoteAddressLength]);

    public override EndPoint? LocalEndPoint
    {
        get
        {
            Span<byte> address = stackalloc byte[SocketAddressBytes.Length];
            return SocketAddressBytes.ToEndPoint(address[..Math.Min(Libc.LocalAddress(_fd, address), address.Length)]);
        }
    }

    public void OnEvents(uint events)
    {
        if ((events & (Libc.EPOLLHUP | Libc.EPOLLERR)) != 0)
        {
            OnPeerClosed();
            _writable.Raise();
            SignalReadable();
            return;
        }
        if ((events & Libc.EPOLLRDHUP) != 0)
            OnPeerClosed();
        if ((events & Libc.EPOLLOUT) != 0)
            _writable.Raise();
        if ((events & (Libc.EPOLLIN | Libc.EPOLLRDHUP)) != 0)
            SignalReadable();
    }

    public override ValueTask<bool> WaitReadableAsync()
    {
        if (!_drained || _lost)
            return new ValueTask<bool>(true);
        return WaitForSignalAsync();
    }

    public override int TryRead(Span<byte> buffer)
    {
        int n = _drained && !_lost ? -Libc.EAGAIN : Receive(buffer);
        return n == -Libc.EAGAIN ? NothingYet : n;
    }

    public override ValueTask<bool> WriteAsync(ReadOnlyMemory<byte> head, ReadOnlyMemory<byte> body)
    {
        if (_lost)
            return new ValueTask<bool>(false);
        long length = (long)head.Length + body.Length;
        long sent = Send(head.Span, body.Span);
        if (sent == length)
            return new ValueTask<bool>(true);
        if (IsFatal(sent))
            return new ValueTask<bool>(Lose());
        return WriteRestAsync(head, body, sent);
    }

    public override void CompleteWrites() => Libc.ShutdownWrites(_fd);

    public override void Abort()
    {
        _lost = true;
        OnPeerClosed();
        SignalReadable();
        _writable.Raise();
    }

    public override void Close()
    {
        ForgetPeerWatch();
        _loop.Remove(this);
        if (_lost)
            Libc.ResetOnClose(_fd);
        Libc.Close(_fd);
    }

    protected override void OnSignalled() => _drained = false;

    private int Receive(Span<byte> buffer)
    {
        if (_lost)
            return Lost;
        int n;
        do
        {
            n = Libc.Receive(_fd, buffer);
        }
        while (n == -Libc.EINTR);

        // A read that did not fill the buffer has emptied the socket (epoll(7)), unless the peer's last byte has come:
        // that edge has been seen, so nothing would announce the end.
        if (n > 0)
            _drained = n < buffer.Length && !PeerClosed;
        else if (n == -Libc.EAGAIN)
            _drained = true;
        else if (n < 0)
            _ = Lose();
        else
            OnPeerClosed();
        return n is >= 0 or -Libc.EAGAIN ? n : Lost;
    }

    private long Send(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        long n;
        do
        {
            n = second.IsEmpty ? Libc.Send(_fd, first) : Libc.Send(_fd, first, second);
        }
        while (n == -Libc.EINTR);
        Sent(n);
        return n;
    }

    private void Sent(long n)
    {
        if (n > 0)
            Volatile.Write(ref _sent, _sent + n);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> WriteRestAsync(ReadOnlyMemory<byte> head, ReadOnlyMemory<byte> body, long sent)
    {
        WatchWrites();
        while (true)
        {
            if (sent == -Libc.ENOBUFS)
                TryAgainLater();
            sent = Math.Max(sent, 0);
            int ofHead = (int)Math.Min(sent, head.Length);
            head = head[ofHead..];
            body = body[(int)(sent - ofHead)..];
            if (head.IsEmpty && body.IsEmpty)
                return true;
            await WaitWritableAsync().ConfigureAwait(false);
            if (_lost)
                return false;
            sent = Send(head.Span, body.Span);
            if (IsFatal(sent))
                return Lose();
        }
    }

    /// <summary>From here on the loop reports writability too. The change makes the kernel look again, so no edge is lost.</summary>
    private void WatchWrites()
    {
        if (_watchesWrites)
            return;
        _watchesWrites = true;
        _loop.WatchWrites(this);
    }

    private void TryAgainLater() => Loop.Timers.Set(new AnotherAttempt(this), Loop.Clock.Milliseconds + OutOfMemoryPauseMilliseconds);

    private ValueTask WaitWritableAsync() =>
        _writable.TakeOrWait() ? ValueTask.CompletedTask : new ValueTask(this, _writable.Version);

    private void EndWriteWait(short token)
    {
        _writable.GetResult(token);
        if (_sendsFurtherAhead)
            return;
        _sendsFurtherAhead = true;
        Libc.TrySetOption(_fd, SendAhead.Level, SendAhead.Option, SendAhead.BytesForReaders);
    }

    private bool Lose()
    {
        _lost = true;
        OnPeerClosed();
        return false;
    }

    void IValueTaskSource.GetResult(short token) => EndWriteWait(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _writable.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _writable.OnCompleted(continuation, state, token, flags);

    // ENOBUFS promises no event: the kernel had no memory for us, so we ask again a little later.
    private sealed class AnotherAttempt(EpollConnection connection) : LoopTimer
    {
        protected internal override void OnDue() => connection._writable.Raise();
    }
}
