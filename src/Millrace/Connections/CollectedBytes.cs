using Millrace.Transport.Buffers;

namespace Millrace.Connections;

/// <summary>A message that does not lie whole in one read: its pieces one behind the other, in memory that grows with what has come and not with what was announced.</summary>
internal struct CollectedBytes(BufferPool pool)
{
    private const int FirstBytes = 16 * 1024;

    private byte[]? _array;

    public int Count { get; private set; }

    public readonly ReadOnlyMemory<byte> Written => _array.AsMemory(0, Count);

    public void Append(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var free = Free(bytes.Length);
            int count = Math.Min(free.Length, bytes.Length);
            bytes[..count].CopyTo(free);
            Count += count;
            bytes = bytes[count..];
        }
    }

    /// <summary>Room for some of <paramref name="wanted"/> bytes; call <see cref="Filled"/> with what came.</summary>
    public Span<byte> Free(long wanted)
    {
        if (_array is null)
        {
            _array = pool.Rent((int)Math.Min(wanted, FirstBytes));
        }
        else if (Count == _array.Length)
        {
            var larger = pool.Rent((int)Math.Min(Count + Math.Min(wanted, Count), Array.MaxLength));
            Written.Span.CopyTo(larger);
            pool.Return(_array);
            _array = larger;
        }
        var free = _array.AsSpan(Count);
        return free.Length > wanted ? free[..(int)wanted] : free;
    }

    public void Filled(int count) => Count += count;

    /// <summary>All of its memory, larger than before, with what was filled at its beginning; never more than <paramref name="bytesMax"/>.</summary>
    public Span<byte> Enlarge(long wanted, int bytesMax)
    {
        var larger = pool.Rent((int)Math.Min(wanted, bytesMax));
        if (_array is not null)
        {
            Written.Span.CopyTo(larger);
            pool.Return(_array);
        }
        _array = larger;
        return larger.AsSpan(0, Math.Min(larger.Length, bytesMax));
    }

    public void Release()
    {
        Count = 0;
        if (_array is not null)
        {
            pool.Return(_array);
            _array = null;
        }
    }
}
