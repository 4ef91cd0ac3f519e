using System.Net;
using System.Runtime.CompilerServices;
using Microsoft.Win32.SafeHandles;

namespace Millrace.Transport;

/// <summary>
/// A two-way stream of bytes to one peer.
/// </summary>
/// <remarks>
/// One flow owns a connection: it has at most one read and one write under way, and it alone closes.
/// <see cref="Interrupt"/> and <see cref="Abort"/> may come from any thread. Nothing here throws for what
/// a peer does: a read answers <see cref="Lost"/>, a write answers false.
/// </remarks>
internal abstract class Connection
{
    /// <summary>The peer has sent its last byte; it may still be reading.</summary>
    public const int EndOfStream = 0;

    /// <summary>The connection was reset, aborted or has failed: no byte will come or go any more.</summary>
    public const int Lost = -1;

    /// <summary>The wait was ended by <see cref="Interrupt"/>; the connection is as it was.</summary>
    public const int Interrupted = -2;

    /// <summary>A read that does not wait found no byte.</summary>
    public const int NothingYet = -3;

    private const int FilePieceBytesMax = 64 * 1024;

    /// <summary>The loop that keeps this connection's timers and buffers.</summary>
    public abstract EventLoop Loop { get; }

    public abstract EndPoint? LocalEndPoint { get; }

    public abstract EndPoint? RemoteEndPoint { get; }

    /// <summary>True once the peer has sent its last byte or the connection is lost, as far as is known without reading.</summary>
    public abstract bool PeerClosed { get; }

    /// <summary>
    /// How many bytes ever written have reached the peer's system; where that is not known, how many ours has taken. It grows while a write waits, if the
    /// peer reads. Any thread may ask; the answer for a connection that is being closed is worth nothing.
    /// </summary>
    public abstract long Delivered { get; }

    /// <summary>
    /// Completes when a read would not wait: with true, or with false after <see cref="Interrupt"/>.
    /// It needs no buffer, so an idle connection holds none.
    /// </summary>
    public abstract ValueTask<bool> WaitReadableAsync();

    /// <summary>Reads what is there without waiting: a count, <see cref="EndOfStream"/>, <see cref="Lost"/> or <see cref="NothingYet"/>.</summary>
    public abstract int TryRead(Span<byte> buffer);

    /// <summary>Reads at least one byte: a count, <see cref="EndOfStream"/>, <see cref="Lost"/> or <see cref="Interrupted"/>.</summary>
    public virtual ValueTask<int> ReadAsync(Memory<byte> buffer)
    {
        int n = TryRead(buffer.Span);
        // Not by an async method: a debug build would allocate for it.
        return n == NothingYet ? WaitAndReadAsync(buffer) : new ValueTask<int>(n);
    }

    /// <summary>Writes <paramref name="head"/> and then <paramref name="body"/> whole; false when the connection is lost.</summary>
    public abstract ValueTask<bool> WriteAsync(ReadOnlyMemory<byte> head, ReadOnlyMemory<byte> body = default);

    /// <summary>
    /// Writes <paramref name="head"/> whole and then some bytes of a file, at least one: how many these were, <see cref="EndOfStream"/> if the
    /// file has none there, or <see cref="Lost"/>.
    /// </summary>
    /// <remarks>This one reads a piece into a rented buffer and writes it; a connection that can do better does.</remarks>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public virtual async ValueTask<long> SendFileAsync(ReadOnlyMemory<byte> head, SafeFileHandle file, long offset, long count)
    {
        var buffer = Loop.Buffers.Rent((int)Math.Min(count, FilePieceBytesMax));
        try
        {
            // Blocking, as every read of a file is below: from the page cache it is a copy, and a loop that has to wait for a disk is taken over.
            int n = RandomAccess.Read(file, buffer.AsSpan(0, (int)Math.Min(count, buffer.Length)), offset);
            return await WriteAsync(head, buffer.AsMemory(0, n)).ConfigureAwait(false) ? n : Lost;
        }
        finally
        {
            Loop.Buffers.Return(buffer);
        }
    }

    /// <summary>Ends the current wait for reading, or the next one if none is under way.</summary>
    public abstract void Interrupt();

    /// <summary>Calls <paramref name="onClosed"/> once when <see cref="PeerClosed"/> becomes true, at once if it is already.</summary>
    public abstract void WatchPeer(Action onClosed);

    /// <summary>Says that no byte follows (FIN); reading goes on.</summary>
    public abstract void CompleteWrites();

    /// <summary>Ends every wait with <see cref="Lost"/>; <see cref="Close"/> will then reset the connection.</summary>
    public abstract void Abort();

    /// <summary>Gives the connection back to the system. Called once, by the owner, with nothing under way.</summary>
    public abstract void Close();

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> WaitAndReadAsync(Memory<byte> buffer)
    {
        while (true)
        {
            if (!await WaitReadableAsync().ConfigureAwait(false))
                return Interrupted;
            int n = TryRead(buffer.Span);
            if (n != NothingYet)
                return n;
        }
    }
}
