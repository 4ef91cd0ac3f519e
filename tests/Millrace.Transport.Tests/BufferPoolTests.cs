using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Millrace.Testing;
using Millrace.Transport.Buffers;

namespace Millrace.Transport.Tests;

/// <summary>Blocks are counted, used again, and let go after a burst.</summary>
public sealed class BufferPoolTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly InMemoryLoop _loop;

    public BufferPoolTests() => _loop = new InMemoryLoop(_time, NullLogger.Instance);

    private BufferPool Pool => _loop.Buffers;

    [Fact]
    public void Rented_counts_blocks_and_larger_buffers()
    {
        var block = Pool.Rent();
        var larger = Pool.Rent(BufferPool.BlockSize + 1);
        Assert.Equal(BufferPool.BlockSize, block.Length);
        Assert.True(larger.Length > BufferPool.BlockSize);
        Assert.Equal(2, Pool.Rented);
        Pool.Return(block);
        Pool.Return(larger);
        Assert.Equal(0, Pool.Rented);
    }

    [Fact]
    public void A_returned_block_is_used_again()
    {
        var block = Pool.Rent();
        Pool.Return(block);
        Assert.Same(block, Pool.Rent());
    }

    [Fact]
    public void After_a_burst_the_pool_lets_go_of_what_nobody_needs()
    {
        var seen = new HashSet<byte[]>(ReferenceEqualityComparer.Instance);
        RentAndReturn(1000, seen);
        Assert.Equal(1000, seen.Count);
        PassTrims();
        var again = new HashSet<byte[]>(ReferenceEqualityComparer.Instance);
        RentAndReturn(1000, again);
        Assert.InRange(again.Count(seen.Contains), 1, 20);
    }

    [Fact]
    public void Blocks_in_use_between_two_looks_are_kept()
    {
        var seen = new HashSet<byte[]>(ReferenceEqualityComparer.Instance);
        RentAndReturn(200, seen);
        for (int i = 0; i < 5; i++)
        {
            // 100 are needed in every period, so they stay; the other 100 go.
            RentAndReturn(100, []);
            _time.Advance(TimeSpan.FromSeconds(10.1));
        }
        RentAndReturn(100, []);
        var again = new HashSet<byte[]>(ReferenceEqualityComparer.Instance);
        RentAndReturn(200, again);
        Assert.Equal(100, again.Count(seen.Contains));
    }

    [Fact]
    public void A_block_that_is_out_is_not_held_by_the_pool()
    {
        var blocks = LoseBlocks(100);
        GC.Collect();
        Assert.Equal(0, blocks.Count(block => block.IsAlive));
        Assert.Equal(100, Pool.Rented);
    }

    [Fact]
    public void A_pool_at_rest_sets_no_timer()
    {
        RentAndReturn(100, []);
        Assert.NotEqual(-1, _loop.Timers.MillisecondsUntilDue(_loop.Clock.Milliseconds));
        PassTrims();
        Assert.Equal(-1, _loop.Timers.MillisecondsUntilDue(_loop.Clock.Milliseconds));
    }

    public void Dispose() => _loop.Dispose();

    private void PassTrims()
    {
        for (int i = 0; i < 3; i++)
            _time.Advance(TimeSpan.FromSeconds(10.1));
    }

    // Not inlined: its locals must be gone when the collector looks.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private List<WeakReference> LoseBlocks(int count)
    {
        RentAndReturn(count, []);
        return [.. Enumerable.Range(0, count).Select(_ => new WeakReference(Pool.Rent()))];
    }

    private void RentAndReturn(int count, HashSet<byte[]> seen)
    {
        var blocks = Enumerable.Range(0, count).Select(_ => Pool.Rent()).ToList();
        seen.UnionWith(blocks);
        blocks.ForEach(Pool.Return);
    }
}
