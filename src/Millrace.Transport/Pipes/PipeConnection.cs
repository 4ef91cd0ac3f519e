using System.IO.Pipes;
using System.Net;

namespace Millrace.Transport.Pipes;

/// <summary>A connection over an instance of a named pipe.</summary>
/// <remarks>
/// <para>
/// A pipe cannot be waited for without a read, nor be read without waiting. So the connection reads ahead into a small buffer of its own, which it
/// keeps while it is idle: what is read belongs to the connection and never to a call that was given up.
/// </para>
/// <para>
/// A pipe cannot say that no byte follows and go on reading: <see cref="CompleteWrites"/> ends both directions. What was written before can still be read
/// by the peer, so nothing is lost that a later close would have kept.
/// </para>
/// </remarks>
internal sealed class PipeConnection : SignalledConnection
{
    private const int AheadBytes = 4 * 1024;

    // A peer that reads slowly must be seen to read: what has gone is counted piece by piece.
    private const int WritePieceBytes = 16 * 1024;

    private readonly EventLoop _loop;
    private readonly NamedPipeServerStream _stream;
    private readonly byte[] _ahead = new byte[AheadBytes];
    private readonly CancellationTokenSource _aborted = new();

    // Guards what was read ahead: the flow takes it, and whoever watches the peer may begin the next read.
    private readonly Lock _lock = new();
    private int _start;
    private int _end;
    private bool _isReadingAhead;
    private bool _hasEnded;
    private volatile bool _lost;
    private long _written;

    public PipeConnection(EventLoop loop, NamedPipeServerStream stream)
    {
        _loop = loop;
        _stream = stream;
        loop.AddConnection();
    }

    public override EventLoop Loop => _loop;

    public override EndPoint? LocalEndPoint => null;

    public override EndPoint? RemoteEndPoint => null;

    public override long Delivered => Volatile.Read(ref _written);

    public override ValueTask<bool> WaitReadableAsync()
    {
        if (!ReadAhead())
            return new ValueTask<bool>(true);
        return WaitForSignalAsync();
    }

    public override int TryRead(Span<byte> buffer)
    {
        if (_lost)
            return Lost;
        int n;
        lock (_lock)
        {
            if (_isReadingAhead)
                return NothingYet;
            n = Math.Min(buffer.Length, _end - _start);
            if (n == 0)
                return _hasEnded ? EndOfStream : NothingYet;
            _ahead.AsSpan(_start, n).CopyTo(buffer);
            _start += n;
        }
        // With nothing in front the end of the peer can be seen again.
        if (IsPeerWatched)
            ReadAhead();
        return n;
    }

    public override async ValueTask<bool> WriteAsync(ReadOnlyMemory<byte> head, ReadOnlyMemory<byte> body = default) =>
        await TryWriteAsync(head).ConfigureAwait(false) && await TryWriteAsync(body).ConfigureAwait(false);

    public override void WatchPeer(Action onClosed)
    {
        base.WatchPeer(onClosed);
        if (!PeerClosed)
            ReadAhead();
    }

    public override void CompleteWrites()
    {
        lock (_lock)
        {
            _hasEnded = true;
            _start = _end;
        }
        End();
    }

    public override void Abort()
    {
        _lost = true;
        End();
        OnPeerClosed();
        SignalReadable();
    }

    public override void Close()
    {
        ForgetPeerWatch();
        End();
        _loop.RemoveConnection();
    }

    private void End()
    {
        _aborted.Cancel();
        _stream.Dispose();
    }

    /// <summary>Begins to read ahead, unless that is under way; false if a read would not wait. Any thread.</summary>
    private bool ReadAhead()
    {
        lock (_lock)
        {
            if (_lost || (!_isReadingAhead && (_hasEnded || _start < _end)))
                return false;
            if (_isReadingAhead)
                return true;
            _isReadingAhead = true;
        }
        _ = ReadAheadAsync();
        return true;
    }

    private async Task ReadAheadAsync()
    {
        int n = Lost;
        try
        {
            n = await _stream.ReadAsync(_ahead, _aborted.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (IsEnd(e))
        {
            // Broken by the peer, or ended by this side.
        }
        lock (_lock)
        {
            _isReadingAhead = false;
            _start = 0;
            _end = _hasEnded ? 0 : Math.Max(0, n);
            if (n == Lost && !_hasEnded)
                _lost = true;
            _hasEnded |= n == EndOfStream;
        }
        if (n <= 0)
            OnPeerClosed();
        SignalReadable();
    }

    private async ValueTask<bool> TryWriteAsync(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            for (; !bytes.IsEmpty && !_lost; bytes = bytes[Math.Min(bytes.Length, WritePieceBytes)..])
            {
                var piece = bytes[..Math.Min(bytes.Length, WritePieceBytes)];
                await _stream.WriteAsync(piece, _aborted.Token).ConfigureAwait(false);
                Volatile.Write(ref _written, _written + piece.Length);
            }
        }
        catch (Exception e) when (IsEnd(e))
        {
            _lost = true;
            OnPeerClosed();
        }
        return !_lost;
    }

    private static bool IsEnd(Exception e) => e is IOException or InvalidOperationException or OperationCanceledException;
}
