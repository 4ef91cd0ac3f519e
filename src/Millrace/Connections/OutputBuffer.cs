using System.Buffers;
using Millrace.Transport.Buffers;

namespace Millrace.Connections;

/// <summary>The bytes of a connection that wait to be sent: heads and small bodies, collected so that pipelined responses leave in one write.</summary>
internal sealed class OutputBuffer(BufferPool pool) : IBufferWriter<byte>
{
    /// <summary>Responses are sent on once this many bytes have come together.</summary>
    public const int FlushAt = 16 * 1024;

    private byte[]? _array;

    public int Count { get; private set; }

    public ReadOnlyMemory<byte> Written => _array.AsMemory(0, Count);

    public void Advance(int count) => Count += count;

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _array.AsSpan(Count);
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _array.AsMemory(Count);
    }

    /// <summary>Everything was sent: the memory goes back.</summary>
    public void Clear()
    {
        Count = 0;
        if (_array is not null)
        {
            pool.Return(_array);
            _array = null;
        }
    }

    private void Reserve(int sizeHint)
    {
        if (_array is null)
        {
            _array = pool.Rent(Math.Max(sizeHint, BufferPool.BlockSize));
            return;
        }
        if (_array.Length - Count >= Math.Max(sizeHint, 1))
            return;
        var larger = pool.Rent(Math.Max(Count + sizeHint, _array.Length * 2));
        Written.Span.CopyTo(larger);
        pool.Return(_array);
        _array = larger;
    }
}
