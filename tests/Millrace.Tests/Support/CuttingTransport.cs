using System.Net;
using Millrace.Transport;

namespace Millrace.Tests.Support;

/// <summary>
/// Another transport, whose connections give the server what came in pieces of a certain size, whatever the network made of it. The sizes are those that
/// are set when a connection is accepted.
/// </summary>
internal sealed class CuttingTransport(ServerTransport inner) : ServerTransport
{
    /// <summary>Bytes of the first piece.</summary>
    public int FirstPiece { get; set; } = int.MaxValue;

    /// <summary>Most bytes of each read behind it.</summary>
    public int LaterPieces { get; set; } = int.MaxValue;

    public override Listener Listen(EndPoint endPoint, ListenOptions options, Action<Connection> onAccepted) =>
        inner.Listen(endPoint, options, connection => onAccepted(new CuttingConnection(connection, FirstPiece, LaterPieces)));

    public override ValueTask DisposeAsync() => inner.DisposeAsync();

    private sealed class CuttingConnection(Connection inner, int firstPiece, int laterPieces) : Connection
    {
        private int _first = firstPiece;

        private int PieceMax => _first > 0 ? _first : laterPieces;

        public override EventLoop Loop => inner.Loop;

        public override EndPoint? LocalEndPoint => inner.LocalEndPoint;

        public override EndPoint? RemoteEndPoint => inner.RemoteEndPoint;

        public override bool PeerClosed => inner.PeerClosed;

        public override long Delivered => inner.Delivered;

        public override ValueTask<bool> WaitReadableAsync() => inner.WaitReadableAsync();

        public override int TryRead(Span<byte> buffer) => Taken(inner.TryRead(buffer[..Math.Min(buffer.Length, PieceMax)]));

        public override ValueTask<int> ReadAsync(Memory<byte> buffer)
        {
            var read = inner.ReadAsync(buffer[..Math.Min(buffer.Length, PieceMax)]);
            return read.IsCompletedSuccessfully ? new ValueTask<int>(Taken(read.Result)) : AwaitAsync(read);
        }

        public override ValueTask<bool> WriteAsync(ReadOnlyMemory<byte> head, ReadOnlyMemory<byte> body = default) => inner.WriteAsync(head, body);

        public override void Interrupt() => inner.Interrupt();

        public override void WatchPeer(Action onClosed) => inner.WatchPeer(onClosed);

        public override void CompleteWrites() => inner.CompleteWrites();

        public override void Abort() => inner.Abort();

        public override void Close() => inner.Close();

        private async ValueTask<int> AwaitAsync(ValueTask<int> read) => Taken(await read.ConfigureAwait(false));

        private int Taken(int count)
        {
            if (count > 0)
                _first = Math.Max(0, _first - count);
            return count;
        }
    }
}
