using System.Runtime.CompilerServices;
using System.Threading.Tasks.Sources;

namespace Millrace.Transport.Tls;

/// <summary>
/// The encrypted side of a <see cref="TlsConnection"/>, as the stream that SslStream reads and writes. It never throws for what a peer does:
/// a lost connection reads as an end, and <see cref="IsLost"/> says so.
/// </summary>
/// <remarks>
/// During the handshake a read waits by itself. Later it only takes what is there; where that is not enough, it stays pending until
/// <see cref="Feed"/> finds more, and the waiting is done by the connection, which can so end its wait and leave the read as it is.
/// </remarks>
internal sealed class RecordStream(Connection connection) : Stream, IValueTaskSource<int>
{
    private ManualResetValueTaskSourceCore<int> _more;
    private Memory<byte> _wanted;
    private bool _isPending;
    private bool _ended;
    private byte[]? _staged;
    private int _stagedStart;
    private int _stagedEnd;

    /// <summary>Whether a read waits for bytes by itself.</summary>
    public bool WaitsForBytes { get; set; } = true;

    /// <summary>True once a read or a write has found the connection lost.</summary>
    public bool IsLost { get; private set; }

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Bytes that were received before the handshake and belong to it; at least one.</summary>
    public void Put(ReadOnlySpan<byte> received)
    {
        _staged = connection.Loop.Buffers.Rent(received.Length);
        received.CopyTo(_staged);
        (_stagedStart, _stagedEnd) = (0, received.Length);
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int n = Take(buffer);
        if (n != Connection.NothingYet)
            return new ValueTask<int>(n);
        if (WaitsForBytes)
            return WaitAndTakeAsync(buffer);
        _more.Reset();
        _wanted = buffer;
        _isPending = true;
        return new ValueTask<int>(this, _more.Version);
    }

    /// <summary>Gives a pending read what has come meanwhile: SslStream runs on inside. False if nothing has.</summary>
    public bool Feed()
    {
        int n = Take(_wanted);
        if (n == Connection.NothingYet)
            return false;
        CompleteRead(n);
        return true;
    }

    /// <summary>No byte is read any more: a read that is pending ends, and with it what SslStream holds for it.</summary>
    public void End()
    {
        _ended = true;
        if (_isPending)
            CompleteRead(0);
        ReturnStaged();
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var write = connection.WriteAsync(buffer);
        if (!write.IsCompletedSuccessfully)
            return FinishWriteAsync(write);
        IsLost |= !write.Result;
        return ValueTask.CompletedTask;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Records are read asynchronously.");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("Records are written asynchronously.");

    public override void Flush()
    {
        // Every write is on its way when it completes.
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    /// <summary>
    /// A count, 0 at the end, or <see cref="Connection.NothingYet"/>. A read without a buffer asks whether there is anything, before SslStream rents
    /// its own: what is found then is kept in a block of the loop, so an idle connection holds neither.
    /// </summary>
    private int Take(Memory<byte> buffer)
    {
        if (_staged is null && !_ended)
        {
            if (!buffer.IsEmpty)
                return Noted(connection.TryRead(buffer.Span));
            byte[] block = connection.Loop.Buffers.Rent();
            int n = Noted(connection.TryRead(block));
            if (n <= 0)
            {
                connection.Loop.Buffers.Return(block);
                return n;
            }
            _staged = block;
            (_stagedStart, _stagedEnd) = (0, n);
        }
        int count = Math.Min(buffer.Length, _stagedEnd - _stagedStart);
        _staged.AsSpan(_stagedStart, count).CopyTo(buffer.Span);
        _stagedStart += count;
        if (_stagedStart == _stagedEnd)
            ReturnStaged();
        return count;
    }

    private int Noted(int read)
    {
        if (read is Connection.EndOfStream or Connection.Lost)
        {
            _ended = true;
            IsLost |= read == Connection.Lost;
            return 0;
        }
        return read;
    }

    private void ReturnStaged()
    {
        if (_staged is null)
            return;
        connection.Loop.Buffers.Return(_staged);
        _staged = null;
        _stagedStart = _stagedEnd = 0;
    }

    private void CompleteRead(int n)
    {
        _wanted = default;
        _isPending = false;
        _more.SetResult(n);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> WaitAndTakeAsync(Memory<byte> buffer)
    {
        int n;
        while ((n = Take(buffer)) == Connection.NothingYet)
        {
            // An interrupt was meant for a wait that came before: when the time of the handshake is over, the connection is aborted.
            await connection.WaitReadableAsync().ConfigureAwait(false);
        }
        return n;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask FinishWriteAsync(ValueTask<bool> write)
    {
        if (!await write.ConfigureAwait(false))
            IsLost = true;
    }

    int IValueTaskSource<int>.GetResult(short token) => _more.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<int>.GetStatus(short token) => _more.GetStatus(token);

    void IValueTaskSource<int>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _more.OnCompleted(continuation, state, token, flags);
}
