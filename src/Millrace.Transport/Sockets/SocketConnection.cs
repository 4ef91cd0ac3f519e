using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Millrace.Transport.Sockets;

/// <summary>
/// A connection over <see cref="Socket"/>: reads are tried at once and wait for a probe, writes are asynchronous sends.
/// </summary>
/// <remarks>
/// <para>
/// The probe is a receive of no bytes: it needs no buffer and completes when there is something to read. It belongs to the
/// connection, not to a wait. So <see cref="SignalledConnection.Interrupt"/> can end a wait and leave the probe pending for the next one, no byte is
/// ever in the hands of a cancelled call, and the same probe tells <see cref="WatchPeer"/> of an end that nobody reads.
/// </para>
/// <para>
/// Unlike a descriptor, a <see cref="Socket"/> may be disposed under a call of another thread; <see cref="Abort"/> does so because
/// nothing else ends a pending send. Hence the few places that catch ObjectDisposedException.
/// </para>
/// </remarks>
[SuppressMessage("Design", "CA1001", Justification = "Close disposes.")]
internal sealed class SocketConnection : SignalledConnection
{
    private readonly PooledLoop _loop;
    private readonly Socket _socket;
    private readonly ReadProbe _probe;
    private readonly PeerWatch _peerWatch;
    private readonly EndPoint? _remoteEndPoint;
    private SocketOperation? _send;

    // True when the last read emptied the socket: another one would only be a system call more.
    private bool _drained = true;
    private volatile bool _lost;
    private volatile bool _closed;
    private bool _sendsFurtherAhead;
    private long _sending;
    private long _sent;

    private SocketConnection(PooledLoop loop, Socket socket)
    {
        _loop = loop;
        _socket = socket;
        _remoteEndPoint = Plain(socket.RemoteEndPoint);
        _probe = new ReadProbe(this, socket);
        _peerWatch = new PeerWatch(this, socket);
    }

    public override EventLoop Loop => _loop;

    public override long Delivered => Volatile.Read(ref _sent);

    public override EndPoint? RemoteEndPoint => _remoteEndPoint;

    public override EndPoint? LocalEndPoint
    {
        get
        {
            try
            {
                return Plain(_socket.LocalEndPoint);
            }
            catch (ObjectDisposedException)
            {
                return null;
            }
        }
    }

    /// <summary>Takes over an accepted socket; null if its peer is gone already, so far that not even options can be set.</summary>
    public static SocketConnection? TryCreate(PooledLoop loop, Socket socket)
    {
        try
        {
            socket.Blocking = false;
            // Linux hands it down from the listener.
            if (!OperatingSystem.IsLinux() && socket.ProtocolType == ProtocolType.Tcp)
                socket.NoDelay = true;
            var connection = new SocketConnection(loop, socket);
            loop.AddConnection();
            return connection;
        }
        catch (SocketException)
        {
            socket.Dispose();
            return null;
        }
    }

    public override ValueTask<bool> WaitReadableAsync()
    {
        if (!_drained || _lost)
            return new ValueTask<bool>(true);
        _probe.Start();
        return WaitForSignalAsync();
    }

    public override int TryRead(Span<byte> buffer) => _drained && !_lost ? NothingYet : Receive(buffer);

    public override ValueTask<bool> WriteAsync(ReadOnlyMemory<byte> head, ReadOnlyMemory<byte> body)
    {
        if (_lost || (head.IsEmpty && body.IsEmpty))
            return new ValueTask<bool>(!_lost);
        _send ??= new SocketOperation();
        _sending = (long)head.Length + body.Length;
        var sending = _send.SendAsync(_socket, head, body);
        return sending.IsCompletedSuccessfully ? new ValueTask<bool>(EndWrite(sending.Result)) : EndWriteAsync(sending);
    }

    public override void WatchPeer(Action onClosed)
    {
        base.WatchPeer(onClosed);
        if (!PeerClosed)
            _peerWatch.Look();
    }

    public override void CompleteWrites()
    {
        try
        {
            _socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The peer has reset the connection, or it was aborted: there is nobody to tell.
        }
    }

    public override void Abort()
    {
        _lost = true;
        // Only disposing ends a send that is pending; its buffers are ours again when its completion has run.
        ResetAndDispose();
        OnPeerClosed();
        SignalReadable();
    }

    public override void Close()
    {
        _closed = true;
        ForgetPeerWatch();
        _loop.Timers.Remove(_peerWatch);
        if (_lost)
            ResetAndDispose();
        else
            EndAndDispose();
        _probe.Dispose();
        _send?.Dispose();
        _loop.RemoveConnection();
    }

    /// <summary>Something can be read, or the connection is lost. From the probe, on any thread.</summary>
    public void OnProbed(SocketError error)
    {
        // The system tells the error once (SO_ERROR); a read that came later would see a clean end.
        if (error != SocketError.Success)
            _ = Lose();
        else if (IsPeerWatched)
            _peerWatch.Look();
        SignalReadable();
    }

    /// <summary>The probe must find the end of the stream that nobody reads.</summary>
    public void StartProbe() => _probe.Start();

    /// <summary>A count, <see cref="Connection.EndOfStream"/>, <see cref="Connection.Lost"/> or <see cref="Connection.NothingYet"/>. Any thread may peek.</summary>
    public int TryReceive(Span<byte> buffer, SocketFlags flags)
    {
        if (_lost || _closed)
            return Lost;
        try
        {
            int n = _socket.Receive(buffer, flags, out var error);
            if (error == SocketError.Success)
                return n;
            if (error == SocketError.WouldBlock)
                return NothingYet;
        }
        catch (ObjectDisposedException)
        {
            // Aborted by another thread.
        }
        _ = Lose();
        return Lost;
    }

    private static EndPoint? Plain(EndPoint? endPoint) =>
        endPoint is IPEndPoint { Address.IsIPv4MappedToIPv6: true } ip ? new IPEndPoint(ip.Address.MapToIPv4(), ip.Port)
        : endPoint is IPEndPoint ? endPoint : null;

    private void ResetAndDispose()
    {
        try
        {
            _socket.LingerState = new LingerOption(true, 0);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Reset by the peer, or aborted before.
        }
        _socket.Dispose();
    }

    private void EndAndDispose()
    {
        // .NET resets a connection that is disposed while a call is pending, unless its end was announced: what was written would be lost.
        if (_probe.IsPending)
            CompleteWrites();
        _socket.Dispose();
    }

    protected override void OnSignalled() => _drained = false;

    private int Receive(Span<byte> buffer)
    {
        int n = TryReceive(buffer, SocketFlags.None);
        if (n == EndOfStream)
            OnPeerClosed();
        if (n > 0 || n == NothingYet)
            _drained = n < buffer.Length;
        // With nothing in front the probe can see the peer's end again.
        if (_drained && IsPeerWatched)
            _probe.Start();
        return n;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> EndWriteAsync(ValueTask<SocketError> sending)
    {
        bool sent = EndWrite(await sending.ConfigureAwait(false));
        if (sent && !_sendsFurtherAhead)
            SendFurtherAhead();
        return sent;
    }

    private void SendFurtherAhead()
    {
        _sendsFurtherAhead = true;
        try
        {
            SendAhead.Limit(_socket, SendAhead.BytesForReaders);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Reset by the peer, or aborted.
        }
    }

    private bool EndWrite(SocketError error)
    {
        _send!.Forget();
        Volatile.Write(ref _sent, _sent + _sending);
        return error == SocketError.Success || Lose();
    }

    private bool Lose()
    {
        _lost = true;
        OnPeerClosed();
        return false;
    }
}
