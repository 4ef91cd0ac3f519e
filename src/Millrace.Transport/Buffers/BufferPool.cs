using System.Buffers;
using Millrace.Transport.Clock;

namespace Millrace.Transport.Buffers;

/// <summary>
/// The read and write buffers of one loop's connections: pinned blocks of one size, and larger arrays for the rare big message.
/// </summary>
/// <remarks>
/// Blocks are pinned once, so no system call has to pin them again. Any thread may rent and return. The last blocks returned
/// lie in slots that cost one swap; a request that is read, answered and done with in one callback finds its two there.
/// The others are stacked under a lock. What was not needed for a while is let go: a burst of connections does not keep its memory.
/// </remarks>
internal sealed class BufferPool(EventLoop loop) : LoopTimer
{
    public const int BlockSize = 4096;
    private const int TrimMilliseconds = 10_000;
    private const int KeptAlways = 16;

    private readonly Lock _lock = new();
    private byte[]? _firstSlot;
    private byte[]? _secondSlot;
    private byte[][] _blocks = new byte[KeptAlways][];
    private int _count;
    private int _leastCount;
    private bool _trimming;
    private int _owned;
    private int _largeRented;

    /// <summary>Buffers that are out now; exact when nobody rents or returns meanwhile.</summary>
    public int Rented
    {
        get
        {
            lock (_lock)
                return _owned - _count - (_firstSlot is null ? 0 : 1) - (_secondSlot is null ? 0 : 1) + Volatile.Read(ref _largeRented);
        }
    }

    /// <summary>A buffer of <see cref="BlockSize"/> bytes, or of more where <paramref name="minimumLength"/> asks for it. Its content is undefined.</summary>
    public byte[] Rent(int minimumLength = BlockSize)
    {
        if (minimumLength > BlockSize)
        {
            Interlocked.Increment(ref _largeRented);
            return ArrayPool<byte>.Shared.Rent(minimumLength);
        }
        return Interlocked.Exchange(ref _firstSlot, null) ?? Interlocked.Exchange(ref _secondSlot, null) ?? RentStacked();
    }

    public void Return(byte[] buffer)
    {
        if (buffer.Length != BlockSize)
        {
            Interlocked.Decrement(ref _largeRented);
            ArrayPool<byte>.Shared.Return(buffer);
        }
        else if (Interlocked.CompareExchange(ref _firstSlot, buffer, null) is not null
            && Interlocked.CompareExchange(ref _secondSlot, buffer, null) is not null)
        {
            ReturnStacked(buffer);
        }
    }

    /// <summary>Lets go of the blocks that lay here unused since the last look.</summary>
    protected internal override void OnDue()
    {
        lock (_lock)
        {
            int kept = Math.Max(KeptAlways, _count - _leastCount);
            if (_count > kept)
            {
                Array.Clear(_blocks, kept, _count - kept);
                _owned -= _count - kept;
                _count = kept;
            }
            _leastCount = _count;
            _trimming = _count > KeptAlways;
        }
        if (_trimming)
            loop.Timers.Set(this, loop.Clock.Milliseconds + TrimMilliseconds);
    }

    private byte[] RentStacked()
    {
        lock (_lock)
        {
            if (_count > 0)
            {
                var block = _blocks[--_count];
                // Not held from here too: its renter may be lost with it.
                _blocks[_count] = null!;
                _leastCount = Math.Min(_leastCount, _count);
                return block;
            }
            _owned++;
        }
        return GC.AllocateUninitializedArray<byte>(BlockSize, pinned: true);
    }

    private void ReturnStacked(byte[] block)
    {
        bool startTrimming;
        lock (_lock)
        {
            if (_count == _blocks.Length)
                Array.Resize(ref _blocks, _count * 2);
            _blocks[_count++] = block;
            startTrimming = _count > KeptAlways && !_trimming;
            if (startTrimming)
            {
                _trimming = true;
                _leastCount = _count;
            }
        }
        if (startTrimming)
            loop.Timers.Set(this, loop.Clock.Milliseconds + TrimMilliseconds);
    }
}
