using System.Net;
using Millrace.Transport;

namespace Millrace.Tests.Support;

/// <summary>Another transport, with every write of the server noted before it is made.</summary>
internal sealed class ObservedTransport(ServerTransport inner, Action<long> onWrite) : ServerTransport
{
    public override Listener Listen(EndPoint endPoint, ListenOptions options, Action<Connection> onAccepted) =>
        inner.Listen(endPoint, options, connection => onAccepted(new ObservedConnection(connection, onWrite)));

    public override ValueTask DisposeAsync() => inner.DisposeAsync();

    private sealed class ObservedConnection(Connection inner, Action<long> onWrite) : Connection
    {
        public override EventLoop Loop => inner.Loop;

        public override EndPoint? LocalEndPoint => inner.LocalEndPoint;

        public override EndPoint? RemoteEndPoint => inner.RemoteEndPoint;

        public override bool PeerClosed => inner.PeerClosed;

        public override long Delivered => inner.Delivered;

        public override ValueTask<bool> WaitReadableAsync() => inner.WaitReadableAsync();

        public override int TryRead(Span<byte> buffer) => inner.TryRead(buffer);

        public override ValueTask<int> ReadAsync(Memory<byte> buffer) => inner.ReadAsync(buffer);

        public override ValueTask<bool> WriteAsync(ReadOnlyMemory<byte> head, ReadOnlyMemory<byte> body = default)
        {
            onWrite((long)head.Length + body.Length);
            return inner.WriteAsync(head, body);
        }

        public override void Interrupt() => inner.Interrupt();

        public override void WatchPeer(Action onClosed) => inner.WatchPeer(onClosed);

        public override void CompleteWrites() => inner.CompleteWrites();

        public override void Abort() => inner.Abort();

        public override void Close() => inner.Close();
    }
}
