using System.Net;
using System.Net.Security;
using Millrace.Testing;
using Millrace.Transport;
using Millrace.Transport.Tls;

namespace Millrace.Tests.Tls;

/// <summary>An encrypted connection whose handshake begins, or whose end comes, at a bad moment.</summary>
public sealed class TlsConnectionTests
{
    [Fact]
    public async Task The_connection_below_is_closed_when_nothing_uses_it_any_more()
    {
        await using var transport = new InMemoryTransport(new TransportOptions { Loops = 1 });
        HeldConnection? below = null;
        var listener = transport.Listen(new IPEndPoint(IPAddress.Loopback, 0), new ListenOptions(), connection => below = new HeldConnection(connection));
        using var stream = transport.Connect(listener.LocalEndPoint);
        using var client = new SslStream(stream);
        var connection = new TlsConnection(below!);
        var securing = connection.SecureAsync((_, _, _, _) => ValueTask.FromResult(new SslServerAuthenticationOptions { ServerCertificate = TestCertificates.OfServer })).AsTask();
        await client.AuthenticateAsClientAsync(TestCertificates.Client(), TestContext.Current.CancellationToken).InTime();
        Assert.Null(await securing.InTime());

        below!.Hold();
        connection.CompleteWrites();
        connection.Close();
        Assert.False(below.Closed.IsCompleted);
        below.Fail();
        await below.Closed.InTime();
        await listener.StopAsync();
        Assert.Equal(0, transport.Loops[0].Buffers.Rented);
    }

    [Fact]
    public async Task An_interrupt_that_was_meant_for_the_wait_before_does_not_end_the_handshake()
    {
        await using var transport = new InMemoryTransport(new TransportOptions { Loops = 1 });
        Connection? below = null;
        var listener = transport.Listen(new IPEndPoint(IPAddress.Loopback, 0), new ListenOptions(), connection => below = connection);
        using var stream = transport.Connect(listener.LocalEndPoint);
        using var client = new SslStream(stream);
        var connection = new TlsConnection(below!);
        connection.Interrupt();
        var securing = connection.SecureAsync((_, _, _, _) => ValueTask.FromResult(new SslServerAuthenticationOptions { ServerCertificate = TestCertificates.OfServer })).AsTask();
        await client.AuthenticateAsClientAsync(TestCertificates.Client(), TestContext.Current.CancellationToken).InTime();
        Assert.Null(await securing.InTime());
        connection.Close();
        await listener.StopAsync();
    }

    /// <summary>A write that is held ends on another thread, as that of a socket does.</summary>
    private sealed class HeldConnection(Connection inner) : Connection
    {
        private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private TaskCompletionSource<bool>? _held;

        public Task Closed => _closed.Task;

        public override EventLoop Loop => inner.Loop;

        public override EndPoint? LocalEndPoint => inner.LocalEndPoint;

        public override EndPoint? RemoteEndPoint => inner.RemoteEndPoint;

        public override bool PeerClosed => inner.PeerClosed;

        public override long Delivered => inner.Delivered;

        public void Hold() => _held = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Fail() => _held!.SetResult(false);

        public override ValueTask<bool> WaitReadableAsync() => inner.WaitReadableAsync();

        public override int TryRead(Span<byte> buffer) => inner.TryRead(buffer);

        public override ValueTask<bool> WriteAsync(ReadOnlyMemory<byte> head, ReadOnlyMemory<byte> body = default) =>
            _held is null ? inner.WriteAsync(head, body) : new ValueTask<bool>(_held.Task);

        public override void Interrupt() => inner.Interrupt();

        public override void WatchPeer(Action onClosed) => inner.WatchPeer(onClosed);

        public override void CompleteWrites()
        {
            Assert.False(_closed.Task.IsCompleted, "Nobody may use a connection that is closed.");
            inner.CompleteWrites();
        }

        public override void Abort() => inner.Abort();

        public override void Close()
        {
            inner.Close();
            _closed.SetResult();
        }
    }
}
