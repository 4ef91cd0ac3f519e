using System.Net;
using Millrace.Transport;

namespace Millrace.Tests.Support;

/// <summary>
/// Another transport, whose first connection never waits: behind some first bytes there are always more of the same to read, and there is always room
/// to write. The first wait is a real one: it brings the flow onto its loop.
/// </summary>
internal sealed class FloodTransport(ServerTransport inner, byte[] first, byte[] again, CancellationToken stop) : ServerTransport
{
    private int _accepted;
    private long _moves;

    /// <summary>Reads and writes of the flooded connection so far.</summary>
    public long Moves => Volatile.Read(ref _moves);

    public override Listener Listen(EndPoint endPoint, ListenOptions options, Action<Connection> onAccepted) =>
        inner.Listen(endPoint, options, connection => onAccepted(Interlocked.Increment(ref _accepted) == 1 ? new FloodConnection(this, connection) : connection));

    public override ValueTask DisposeAsync() => inner.DisposeAsync();

    private int Read(Span<byte> buffer, ref long position)
    {
        Interlocked.Increment(ref _moves);
        if (stop.IsCancellationRequested)
            return Connection.EndOfStream;
        for (int i = 0; i < buffer.Length; i++, position++)
            buffer[i] = position < first.Length ? first[position] : again[(position - first.Length) % again.Length];
        return buffer.Length;
    }

    private sealed class FloodConnection(FloodTransport flood, Connection inner) : Connection
    {
        private const int ReadBytesMax = 4096;

        private bool _begun;
        private long _position;
        private volatile bool _aborted;

        public override EventLoop Loop => inner.Loop;

        public override EndPoint? LocalEndPoint => inner.LocalEndPoint;

        public override EndPoint? RemoteEndPoint => inner.RemoteEndPoint;

        public override bool PeerClosed => inner.PeerClosed;

        public override long Delivered => inner.Delivered;

        public override ValueTask<bool> WaitReadableAsync()
        {
            bool isFirst = !_begun;
            _begun = true;
            return isFirst ? inner.WaitReadableAsync() : new ValueTask<bool>(true);
        }

        public override int TryRead(Span<byte> buffer) => _aborted ? Lost : flood.Read(buffer[..Math.Min(buffer.Length, ReadBytesMax)], ref _position);

        public override ValueTask<int> ReadAsync(Memory<byte> buffer) => new(TryRead(buffer.Span));

        public override ValueTask<bool> WriteAsync(ReadOnlyMemory<byte> head, ReadOnlyMemory<byte> body = default)
        {
            Interlocked.Increment(ref flood._moves);
            return new ValueTask<bool>(!_aborted);
        }

        public override void Interrupt() => inner.Interrupt();

        public override void WatchPeer(Action onClosed) => inner.WatchPeer(onClosed);

        public override void CompleteWrites() => inner.CompleteWrites();

        public override void Abort()
        {
            _aborted = true;
            inner.Abort();
        }

        public override void Close() => inner.Close();
    }
}
