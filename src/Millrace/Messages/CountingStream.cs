namespace Millrace.Messages;

/// <summary>Counts what is read through it, and notes when its end is read.</summary>
/// <param name="inner">What is read.</param>
/// <param name="endMark">Bytes that are given once behind the end of <paramref name="inner"/>, uncounted.</param>
internal sealed class CountingStream(Stream inner, byte[] endMark) : Stream
{
    private bool _isMarked = endMark.Length == 0;

    public long Count { get; private set; }

    /// <summary>What the last read of the inner stream threw, if one did: no fault of what was read.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>True once somebody has asked for more than there is.</summary>
    public bool IsExhausted { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => Count;
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int n;
        try
        {
            n = await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            Failure = e;
            throw;
        }
        Count += n;
        if (n > 0 || buffer.IsEmpty)
            return n;
        if (_isMarked || buffer.Length < endMark.Length)
        {
            IsExhausted = true;
            return 0;
        }
        _isMarked = true;
        endMark.CopyTo(buffer);
        return endMark.Length;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Use ReadAsync.");

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
