using Millrace.Transport;

namespace Millrace.Connections;

/// <summary>The bytes of a connection that has left HTTP, for the handler that took it over. Reading begins with what came behind the request.</summary>
internal sealed class Http1Tunnel(RequestHandler flow) : Stream
{
    private ExclusiveUse _reading;
    private ExclusiveUse _writing;
    private LoopTurn _turn;
    private volatile bool _closed;

    public override bool CanRead => !_closed;

    public override bool CanWrite => !_closed;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Enter(ref _reading, cancellationToken);
        try
        {
            if (!flow.Input.IsEmpty || buffer.IsEmpty)
                return TakeReceived(buffer.Span);
            using var registration = cancellationToken.UnsafeRegister(static connection => ((Connection)connection!).Interrupt(), flow.Connection);
            while (true)
            {
                var read = flow.Connection.ReadAsync(buffer);
                if (!read.IsCompleted)
                    _turn = default;
                int n = await read.ConfigureAwait(false);
                _turn.Read(n);
                if (_turn.IsOver)
                {
                    _turn = default;
                    await flow.Connection.Loop.YieldAsync();
                }
                if (n >= 0)
                    return n;
                if (n == Connection.Lost)
                    throw Http1ResponseWriter.ClientGone();
                cancellationToken.ThrowIfCancellationRequested();
            }
        }
        finally
        {
            _reading.Leave();
        }
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Enter(ref _writing, cancellationToken);
        try
        {
            if (!buffer.IsEmpty && !await flow.Output.SendAsync(buffer).ConfigureAwait(false))
                throw Http1ResponseWriter.ClientGone();
        }
        finally
        {
            _writing.Leave();
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("The connection is read asynchronously: use ReadAsync.");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("The connection is written asynchronously: use WriteAsync.");

    // Every write is on its way when it completes.
    public override void Flush()
    {
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    /// <summary>The handler has returned: from here on reads and writes throw. Completes when those under way have ended.</summary>
    public Task CloseAsync()
    {
        _closed = true;
        return Task.WhenAll(_reading.WhenLeftAsync(), _writing.WhenLeftAsync());
    }

    private void Enter(ref ExclusiveUse use, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!use.TryEnter())
            throw new InvalidOperationException("Another such operation on this connection is under way: await each before the next.");
        if (!_closed)
            return;
        use.Leave();
        throw new ObjectDisposedException(nameof(UpgradeResponse), "The connection was the handler's until it returned.");
    }

    private int TakeReceived(Span<byte> buffer)
    {
        ref var input = ref flow.Input;
        int count = Math.Min(input.Length, buffer.Length);
        input.Unread[..count].CopyTo(buffer);
        input.Use(count);
        input.ReleaseIfEmpty();
        return count;
    }
}
