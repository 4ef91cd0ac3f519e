using Millrace.Transport;

namespace Millrace.Testing;

/// <summary>
/// One direction of an in-memory connection: a bounded ring of bytes between one writer and one reader.
/// </summary>
/// <remarks>
/// It moves bytes and says who must wake; it never waits itself. The lock covers the ring alone: signals are raised and
/// the callback is called after it, because the other side runs on inside them.
/// </remarks>
internal sealed class BytePipe(int capacity)
{
    private readonly Lock _lock = new();
    private readonly byte[] _ring = new byte[capacity];
    private int _start;
    private int _count;
    private long _written;
    private bool _ended;
    private bool _lostAtEnd;
    private bool _readerGone;
    private bool _reset;

    /// <summary>Raised when a read would not wait.</summary>
    public Wakeup Readable { get; } = new();

    /// <summary>Raised when there is room, or when there is nobody to write to any more.</summary>
    public Wakeup Writable { get; } = new();

    /// <summary>Called when the writer has ended or the pipe was reset, before the reader wakes.</summary>
    public Action? OnEnded { get; set; }

    public bool CanRead
    {
        get
        {
            lock (_lock)
                return _count > 0 || _ended || _reset;
        }
    }

    public bool IsEnded
    {
        get
        {
            lock (_lock)
                return _ended || _reset;
        }
    }

    /// <summary>Bytes that wait for the reader.</summary>
    public int Unread
    {
        get
        {
            lock (_lock)
                return _count;
        }
    }

    /// <summary>Bytes that ever went in.</summary>
    public long Written
    {
        get
        {
            lock (_lock)
                return _written;
        }
    }

    /// <summary>A count, <see cref="Connection.EndOfStream"/>, <see cref="Connection.Lost"/> or <see cref="Connection.NothingYet"/>.</summary>
    public int Read(Span<byte> destination)
    {
        int count;
        lock (_lock)
        {
            if (_reset || _readerGone || (_count == 0 && _ended && _lostAtEnd))
                return Connection.Lost;
            if (_count == 0)
                return _ended ? Connection.EndOfStream : Connection.NothingYet;
            count = Math.Min(destination.Length, _count);
            int untilWrap = Math.Min(count, _ring.Length - _start);
            _ring.AsSpan(_start, untilWrap).CopyTo(destination);
            _ring.AsSpan(0, count - untilWrap).CopyTo(destination[untilWrap..]);
            _start = (_start + count) % _ring.Length;
            _count -= count;
        }
        Writable.Raise();
        return count;
    }

    /// <summary>Takes what there is room for, of the first span and then of the second: a count, or <see cref="Connection.Lost"/>.</summary>
    public int Write(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second = default)
    {
        int count;
        lock (_lock)
        {
            if (_reset || _readerGone || _ended)
                return Connection.Lost;
            count = Append(first);
            count += Append(second);
        }
        if (count > 0)
            Readable.Raise();
        return count;
    }

    /// <summary>The writer says that no byte follows. The reader gets what is there, then the end, or the loss if <paramref name="lost"/>.</summary>
    public void Complete(bool lost = false)
    {
        lock (_lock)
        {
            if (_ended)
                return;
            _ended = true;
            _lostAtEnd = lost;
        }
        OnEnded?.Invoke();
        Readable.Raise();
    }

    /// <summary>The reader goes: its reads and the other side's writes fail from now on. True if bytes lay unread.</summary>
    public bool CloseReader()
    {
        bool unread;
        lock (_lock)
        {
            unread = _count > 0;
            _count = 0;
            _readerGone = true;
        }
        Readable.Raise();
        Writable.Raise();
        return unread;
    }

    /// <summary>Throws away what is in it: both sides are told that the connection is lost.</summary>
    public void Reset()
    {
        lock (_lock)
        {
            _reset = true;
            _count = 0;
        }
        OnEnded?.Invoke();
        Readable.Raise();
        Writable.Raise();
    }

    private int Append(ReadOnlySpan<byte> bytes)
    {
        int count = Math.Min(bytes.Length, _ring.Length - _count);
        int end = (_start + _count) % _ring.Length;
        int untilWrap = Math.Min(count, _ring.Length - end);
        bytes[..untilWrap].CopyTo(_ring.AsSpan(end));
        bytes[untilWrap..count].CopyTo(_ring);
        _count += count;
        _written += count;
        return count;
    }
}
