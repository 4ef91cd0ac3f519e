using System.Threading.Tasks.Sources;

namespace Millrace.Transport;

/// <summary>A connection that is told when it can be read and when its peer has sent its last byte: the wait for the one and the word of the other.</summary>
internal abstract class SignalledConnection : Connection, IValueTaskSource<bool>
{
    private Readiness _readable;
    private Action? _onPeerClosed;
    private volatile bool _peerClosed;
    private int _interrupted;

    public override bool PeerClosed => _peerClosed;

    /// <summary>Somebody wants to know when the peer has ended, and has not been told.</summary>
    protected bool IsPeerWatched => _onPeerClosed is not null;

    public override void Interrupt()
    {
        Volatile.Write(ref _interrupted, 1);
        _readable.Raise();
    }

    public override void WatchPeer(Action onClosed)
    {
        Interlocked.Exchange(ref _onPeerClosed, onClosed);
        if (_peerClosed)
            OnPeerClosed();
    }

    /// <summary>The peer has sent its last byte, or is gone. Any thread, any number of times.</summary>
    public void OnPeerClosed()
    {
        _peerClosed = true;
        Interlocked.MemoryBarrier();
        if (_onPeerClosed is not null)
            Interlocked.Exchange(ref _onPeerClosed, null)?.Invoke();
    }

    /// <summary>The owner closes: nobody is told any more.</summary>
    protected void ForgetPeerWatch() => _onPeerClosed = null;

    /// <summary>Completes at the next <see cref="SignalReadable"/>, or at once if there was one since the last wait; false after <see cref="Interrupt"/>.</summary>
    protected ValueTask<bool> WaitForSignalAsync() =>
        _readable.TakeOrWait() ? new ValueTask<bool>(EndWait()) : new ValueTask<bool>(this, _readable.Version);

    /// <summary>A read may find something. Any thread.</summary>
    protected void SignalReadable() => _readable.Raise();

    /// <summary>A wait ends, on the side of who waited.</summary>
    protected virtual void OnSignalled()
    {
    }

    private bool EndWait()
    {
        OnSignalled();
        return Interlocked.Exchange(ref _interrupted, 0) == 0;
    }

    bool IValueTaskSource<bool>.GetResult(short token)
    {
        _readable.GetResult(token);
        return EndWait();
    }

    ValueTaskSourceStatus IValueTaskSource<bool>.GetStatus(short token) => _readable.GetStatus(token);

    void IValueTaskSource<bool>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _readable.OnCompleted(continuation, state, token, flags);
}
