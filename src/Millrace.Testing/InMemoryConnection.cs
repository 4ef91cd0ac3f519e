using System.Net;
using System.Runtime.CompilerServices;
using System.Threading.Tasks.Sources;
using Millrace.Transport;

namespace Millrace.Testing;

/// <summary>The server's end of an in-memory connection.</summary>
internal sealed class InMemoryConnection : Connection, IValueTaskSource<bool>
{
    private readonly InMemoryLoop _loop;
    private readonly BytePipe _incoming;
    private readonly BytePipe _outgoing;
    private Action? _onPeerClosed;
    private volatile bool _lost;
    private int _interrupted;

    public InMemoryConnection(InMemoryLoop loop, BytePipe incoming, BytePipe outgoing, EndPoint local, EndPoint remote)
    {
        _loop = loop;
        _incoming = incoming;
        _outgoing = outgoing;
        LocalEndPoint = local;
        RemoteEndPoint = remote;
        incoming.OnEnded = TellPeerClosed;
        loop.AddConnection();
    }

    public override EventLoop Loop => _loop;

    public override EndPoint? LocalEndPoint { get; }

    public override EndPoint? RemoteEndPoint { get; }

    public override bool PeerClosed => _lost || _incoming.IsEnded;

    /// <summary>The pipe stands for the buffers of both systems.</summary>
    public override long Delivered => _outgoing.Written;

    public override ValueTask<bool> WaitReadableAsync()
    {
        if (_lost || _incoming.CanRead)
            return new ValueTask<bool>(true);
        var readable = _incoming.Readable;
        return readable.TakeOrWait() ? new ValueTask<bool>(EndWait()) : new ValueTask<bool>(this, readable.Version);
    }

    public override int TryRead(Span<byte> buffer) => Read(buffer);

    public override ValueTask<bool> WriteAsync(ReadOnlyMemory<byte> head, ReadOnlyMemory<byte> body = default)
    {
        int written = Write(head.Span, body.Span);
        if (written == Lost)
            return new ValueTask<bool>(false);
        return written == (long)head.Length + body.Length ? new ValueTask<bool>(true) : WriteRestAsync(head, body, written);
    }

    public override void Interrupt()
    {
        Volatile.Write(ref _interrupted, 1);
        _incoming.Readable.Raise();
    }

    public override void WatchPeer(Action onClosed)
    {
        Interlocked.Exchange(ref _onPeerClosed, onClosed);
        if (PeerClosed)
            TellPeerClosed();
    }

    public override void CompleteWrites() => _outgoing.Complete();

    public override void Abort()
    {
        _lost = true;
        TellPeerClosed();
        _incoming.Readable.Raise();
        _outgoing.Writable.Raise();
    }

    public override void Close()
    {
        _onPeerClosed = null;
        if (_lost)
        {
            _incoming.Reset();
            _outgoing.Reset();
        }
        else
        {
            // As TCP does it: to close with unread bytes is to reset the connection, after what was sent.
            bool unread = _incoming.CloseReader();
            _outgoing.Complete(lost: unread);
        }
        _loop.RemoveConnection();
    }

    private int Read(Span<byte> buffer) => _lost ? Lost : Kept(_incoming.Read(buffer));

    private int Write(ReadOnlySpan<byte> head, ReadOnlySpan<byte> body) => _lost ? Lost : Kept(_outgoing.Write(head, body));

    private int Kept(int result)
    {
        if (result == Lost)
        {
            _lost = true;
            TellPeerClosed();
        }
        return result;
    }

    private bool EndWait() => Interlocked.Exchange(ref _interrupted, 0) == 0;

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> WriteRestAsync(ReadOnlyMemory<byte> head, ReadOnlyMemory<byte> body, int written)
    {
        while (true)
        {
            int ofHead = Math.Min(written, head.Length);
            head = head[ofHead..];
            body = body[(written - ofHead)..];
            if (head.IsEmpty && body.IsEmpty)
                return true;
            await _outgoing.Writable.WaitAsync().ConfigureAwait(false);
            written = Write(head.Span, body.Span);
            if (written == Lost)
                return false;
        }
    }

    private void TellPeerClosed() => Interlocked.Exchange(ref _onPeerClosed, null)?.Invoke();

    bool IValueTaskSource<bool>.GetResult(short token)
    {
        _incoming.Readable.GetResult(token);
        return EndWait();
    }

    ValueTaskSourceStatus IValueTaskSource<bool>.GetStatus(short token) => _incoming.Readable.GetStatus(token);

    void IValueTaskSource<bool>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _incoming.Readable.OnCompleted(continuation, state, token, flags);
}
