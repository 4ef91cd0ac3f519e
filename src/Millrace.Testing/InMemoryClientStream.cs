using System.Runtime.CompilerServices;
using Millrace.Transport;

namespace Millrace.Testing;

/// <summary>The client's end of an in-memory connection. What it cannot do throws <see cref="IOException"/>, as a network stream does.</summary>
internal sealed class InMemoryClientStream : Stream
{
    private readonly BytePipe _incoming;
    private readonly BytePipe _outgoing;
    private bool _disposed;

    public InMemoryClientStream(BytePipe incoming, BytePipe outgoing)
    {
        _incoming = incoming;
        _outgoing = outgoing;
    }

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Bytes the server has sent so far, read or not.</summary>
    public long BytesFromServer => _incoming.Written;

    /// <summary>Bytes the server has not read yet.</summary>
    public int UnreadByServer => _outgoing.Unread;

    /// <summary>Says that no byte follows (FIN); reading goes on.</summary>
    public void CompleteWrites() => _outgoing.Complete();

    /// <summary>Breaks the connection off (RST): what is under way is lost both ways.</summary>
    public void Reset()
    {
        _outgoing.Reset();
        _incoming.Reset();
    }

    /// <summary>Reads what is there without waiting; 0 if nothing is, or at the end.</summary>
    public int ReadAvailable(Span<byte> buffer) => Math.Max(0, _incoming.Read(buffer));

    // What can be done at once is done without an async method: a debug build would allocate for each call.
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty)
            return new ValueTask<int>(0);
        int n = cancellationToken.IsCancellationRequested ? Connection.NothingYet : _incoming.Read(buffer.Span);
        return n >= 0 ? new ValueTask<int>(n) : WaitAndReadAsync(buffer, cancellationToken);
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int n = cancellationToken.IsCancellationRequested ? 0 : _outgoing.Write(buffer.Span);
        return n == buffer.Length ? ValueTask.CompletedTask : WriteRestAsync(buffer[Math.Max(n, 0)..], cancellationToken);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush()
    {
        // Nothing is held back here.
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Read asynchronously.");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("Write asynchronously.");

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_disposed)
        {
            _disposed = true;
            // As TCP does it: to close with unread bytes is to reset the connection.
            if (_incoming.CloseReader())
                Reset();
            else
                _outgoing.Complete();
        }
        base.Dispose(disposing);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> WaitAndReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        using var registration = cancellationToken.UnsafeRegister(static s => ((Wakeup)s!).Raise(), _incoming.Readable);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int n = _incoming.Read(buffer.Span);
            if (n == Connection.Lost)
                throw new IOException("The connection was reset by the server.");
            if (n != Connection.NothingYet)
                return n;
            await _incoming.Readable.WaitAsync().ConfigureAwait(false);
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask WriteRestAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken)
    {
        using var registration = cancellationToken.UnsafeRegister(static s => ((Wakeup)s!).Raise(), _outgoing.Writable);
        while (!buffer.IsEmpty)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int n = _outgoing.Write(buffer.Span);
            if (n == Connection.Lost)
                throw new IOException("The connection was closed by the server.");
            buffer = buffer[n..];
            if (n == 0)
                await _outgoing.Writable.WaitAsync().ConfigureAwait(false);
        }
    }
}
