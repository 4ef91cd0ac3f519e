namespace Millrace.Tests.Tls;

/// <summary>Stands between a client's TLS and its connection; passes on what it is not there for.</summary>
internal abstract class BetweenStream(Stream inner) : Stream
{
    public Stream Inner => inner;

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => inner.ReadAsync(buffer, cancellationToken);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => inner.WriteAsync(buffer, cancellationToken);

    public override void Flush()
    {
        // Nothing is held back here.
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            inner.Dispose();
        base.Dispose(disposing);
    }
}

/// <summary>Sends every byte by itself.</summary>
internal sealed class DrippingStream(Stream inner) : BetweenStream(inner)
{
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        for (int i = 0; i < buffer.Length; i++)
            await Inner.WriteAsync(buffer.Slice(i, 1), cancellationToken);
    }
}

/// <summary>Sends something before the first byte.</summary>
internal sealed class PrefixingStream(Stream inner, byte[] prefix) : BetweenStream(inner)
{
    private byte[] _prefix = prefix;

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        byte[] all = [.. _prefix, .. buffer.Span];
        _prefix = [];
        return Inner.WriteAsync(all, cancellationToken);
    }
}

/// <summary>Sends the greeting and waits with the rest until it may.</summary>
internal sealed class WaitingStream(Stream inner, Gate gate) : BetweenStream(inner)
{
    private bool _hasGreeted;

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_hasGreeted)
            await gate.PassAsync();
        _hasGreeted = true;
        await Inner.WriteAsync(buffer, cancellationToken);
    }
}

/// <summary>Sends so many bytes more and swallows the rest.</summary>
internal sealed class CuttingStream(Stream inner) : BetweenStream(inner)
{
    public int Left { get; set; } = int.MaxValue;

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int count = Math.Min(Left, buffer.Length);
        if (Left != int.MaxValue)
            Left -= count;
        return Inner.WriteAsync(buffer[..count], cancellationToken);
    }
}

/// <summary>Notes of which type the last record was that the server sent (RFC 8446 section 5.1).</summary>
internal sealed class RecordsSeen(Stream inner) : BetweenStream(inner)
{
    private readonly List<byte> _received = [];

    /// <summary>The bytes of all records so far.</summary>
    public int Bytes => _received.Count;

    public int LastType
    {
        get
        {
            int type = -1;
            for (int at = 0; at + 5 <= _received.Count; at += 5 + (_received[at + 3] << 8 | _received[at + 4]))
                type = _received[at];
            return type;
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int n = await Inner.ReadAsync(buffer, cancellationToken);
        _received.AddRange(buffer.Span[..n]);
        return n;
    }
}
