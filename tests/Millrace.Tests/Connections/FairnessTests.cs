using System.Net;
using Millrace.Transport;

namespace Millrace.Tests.Connections;

/// <summary>A client that sends requests without a pause does not keep the others of its loop waiting.</summary>
public sealed class FairnessTests
{
    [Theory]
    [MemberData(nameof(Kinds.Network), MemberType = typeof(Kinds))]
    public async Task Endless_pipelining_lets_the_other_connections_of_the_loop_through(Kind kind)
    {
        // One loop, and nobody takes it over: only the flow itself can let the others in.
        var options = new ServerOptions { Loops = 1, HandOverInterval = Timeout.InfiniteTimeSpan };
        using var stop = new CancellationTokenSource();
        long flooded = 0;
        var flowing = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var handler = RunningServer.HandlerOf(
        [
            Get("/flood", request =>
            {
                if (Interlocked.Increment(ref flooded) == 10_000)
                    flowing.SetResult();
                return new Response(204);
            }),
            Get("/", request => Response.Text("through")),
        ]);
        await using var server = new RunningServer(kind, handler, options, wrap: inner => new FloodTransport(inner, stop.Token));
        using var flooder = await server.ConnectAsync();
        await flooder.SendAsync("x");
        await flowing.Task.InTime();
        for (int i = 0; i < 10; i++)
        {
            long before = Volatile.Read(ref flooded);
            Assert.Equal("through", (await server.GetAsync("/")).Text);
            await Deadline.UntilAsync(() => Volatile.Read(ref flooded) > before, "more of the flood");
        }
        await stop.CancelAsync();
        await server.ConnectionsEndedAsync();
    }

    /// <summary>The first connection never waits: there is always a next request to read, and room to write.</summary>
    private sealed class FloodTransport(ServerTransport inner, CancellationToken stop) : ServerTransport
    {
        private int _accepted;

        public override Listener Listen(EndPoint endPoint, ListenOptions options, Action<Connection> onAccepted) =>
            inner.Listen(endPoint, options, connection => onAccepted(Interlocked.Increment(ref _accepted) == 1 ? new FloodConnection(connection, stop) : connection));

        public override ValueTask DisposeAsync() => inner.DisposeAsync();
    }

    private sealed class FloodConnection(Connection inner, CancellationToken stop) : Connection
    {
        private static readonly byte[] Request = "GET /flood HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray();
        private bool _begun;

        public override EventLoop Loop => inner.Loop;

        public override EndPoint? LocalEndPoint => inner.LocalEndPoint;

        public override EndPoint? RemoteEndPoint => inner.RemoteEndPoint;

        public override bool PeerClosed => inner.PeerClosed;

        public override long Delivered => inner.Delivered;

        // The first wait is a real one: it brings the flow onto the loop.
        public override ValueTask<bool> WaitReadableAsync()
        {
            bool isFirst = !_begun;
            _begun = true;
            return isFirst ? inner.WaitReadableAsync() : new ValueTask<bool>(true);
        }

        public override int TryRead(Span<byte> buffer)
        {
            if (stop.IsCancellationRequested)
                return EndOfStream;
            int count = 0;
            for (; buffer.Length - count >= Request.Length; count += Request.Length)
                Request.CopyTo(buffer[count..]);
            return count;
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer) => new(TryRead(buffer.Span));

        public override ValueTask<bool> WriteAsync(ReadOnlyMemory<byte> head, ReadOnlyMemory<byte> body = default) => new(true);

        public override void Interrupt() => inner.Interrupt();

        public override void WatchPeer(Action onClosed) => inner.WatchPeer(onClosed);

        public override void CompleteWrites() => inner.CompleteWrites();

        public override void Abort() => inner.Abort();

        public override void Close() => inner.Close();
    }
}
