using System.Buffers;
using System.Net.Sockets;
using Millrace.Transport.Tests.Support;

namespace Millrace.Transport.Tests;

/// <summary>Bytes arrive whole and in order, and a side that does not read makes the other wait.</summary>
public sealed class TransferTests
{
    private const int Megabytes64 = 64 * 1024 * 1024;

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task Bytes_come_back_as_they_were_sent(Kind kind)
    {
        await using var harness = new Harness(kind, Flows.EchoAsync);
        using var client = await harness.DialAsync();
        await client.SendAsync("hello");
        Assert.Equal("hello", await client.ReceiveTextAsync(5));
        await client.SendAsync("again");
        Assert.Equal("again", await client.ReceiveTextAsync(5));
        client.CompleteWrites();
        Assert.Equal(0, await client.ReceiveEndAsync());
    }

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task Many_small_writes_arrive_in_order(Kind kind)
    {
        const int count = 20_000;
        await using var harness = new Harness(kind);
        var (client, connection) = await harness.ConnectAsync();
        var sending = Task.Run(async () =>
        {
            var pattern = Bytes.Pattern(count);
            for (int i = 0; i < count; i++)
                Assert.True(await connection.WriteAsync(pattern.AsMemory(i, 1)));
        });
        var received = await client.ReceiveExactlyAsync(count);
        Assert.True(Bytes.IsPattern(received, 0));
        await sending;
        connection.Close();
        client.Dispose();
    }

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task Head_and_body_arrive_one_after_the_other_wherever_their_memory_lies(Kind kind)
    {
        await using var harness = new Harness(kind);
        var (client, connection) = await harness.ConnectAsync();
        using var foreign = new ForeignMemory("foreign memory");
        Assert.True(await connection.WriteAsync(Bytes.Of("head "), Bytes.Of("body ")));
        Assert.True(await connection.WriteAsync(Bytes.Of("head "), foreign.Memory));
        Assert.True(await connection.WriteAsync(foreign.Memory));
        Assert.True(await connection.WriteAsync(default, Bytes.Of(" only body")));
        Assert.True(await connection.WriteAsync(default));
        connection.CompleteWrites();
        Assert.Equal("head body head foreign memoryforeign memory only body", Bytes.Text(await client.ReceiveAllAsync()));
        connection.Close();
        client.Dispose();
    }

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Kinds.Network), MemberType = typeof(Kinds))]
    public async Task The_kernel_takes_little_for_a_client_until_it_has_read_and_more_afterwards(Kind kind)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Elsewhere it takes what it likes.");
        await using var harness = new Harness(kind);
        using var client = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
        await client.ConnectAsync(harness.Listener.LocalEndPoint, TestContext.Current.CancellationToken);
        var connection = await harness.AcceptAsync();
        var (atFirst, waiting) = Fill(connection);
        Assert.InRange(atFirst, SendAhead.BytesAtFirst / 2, 2 * SendAhead.BytesAtFirst);
        await ReadAsync(client, atFirst);
        Assert.True(await waiting);
        var (later, waitingAgain) = Fill(connection);
        Assert.InRange(later, SendAhead.BytesForReaders - SendAhead.BytesAtFirst, 2 * SendAhead.BytesForReaders);
        await ReadAsync(client, later);
        Assert.True(await waitingAgain);
        connection.Close();

        static (int Taken, Task<bool> Waiting) Fill(Connection connection)
        {
            var piece = new byte[4096];
            for (int taken = 0; ; taken += piece.Length)
            {
                var write = connection.WriteAsync(piece);
                if (!write.IsCompleted)
                    return (taken, write.AsTask());
                Assert.True(write.Result);
            }
        }

        static async Task ReadAsync(Socket client, int count)
        {
            var buffer = new byte[count];
            for (int n = 0; n < count;)
            {
                int more = await client.ReceiveAsync(buffer.AsMemory(n), TestContext.Current.CancellationToken);
                Assert.NotEqual(0, more);
                n += more;
            }
        }
    }

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task What_was_delivered_grows_as_the_peer_reads_and_is_all_in_the_end(Kind kind)
    {
        await using var harness = new Harness(kind);
        var (client, connection) = await harness.ConnectAsync();
        Assert.Equal(0, connection.Delivered);
        var writing = Task.Run(async () => await connection.WriteAsync(Bytes.Of("head"), Bytes.Pattern(Megabytes64)));
        long before = 0;
        for (int i = 0; i < 8; i++)
        {
            await client.ReceiveExactlyAsync(Megabytes64 / 8);
            // Sockets tells nothing while a write is under way. The client's system may have all long before the client.
            if (kind != Kind.Sockets)
                await Eventually.TrueAsync(() => connection.Delivered > before || connection.Delivered == Megabytes64 + 4);
            before = connection.Delivered;
        }
        await client.ReceiveExactlyAsync(4);
        Assert.True(await writing);
        await Eventually.TrueAsync(() => connection.Delivered == Megabytes64 + 4);
        connection.Close();
        client.Dispose();
    }

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task A_client_that_does_not_read_makes_the_writer_wait(Kind kind)
    {
        await using var harness = new Harness(kind);
        var (client, connection) = await harness.ConnectAsync();
        var writing = Task.Run(async () => await connection.WriteAsync(Bytes.Of("head"), Bytes.Pattern(Megabytes64)));

        // More than the network's buffers hold lies still unwritten when this much was read, so the write must be under way.
        var buffer = new byte[64 * 1024];
        Assert.Equal("head", await client.ReceiveTextAsync(4));
        long received = 0;
        while (received < Megabytes64)
        {
            if (received < Megabytes64 / 2)
                Assert.False(writing.IsCompleted);
            int n = await client.ReceiveAsync(buffer.AsMemory());
            Assert.True(n > 0);
            Assert.True(Bytes.IsPattern(buffer.AsSpan(0, n), received));
            received += n;
        }
        Assert.True(await writing);
        connection.Close();
        client.Dispose();
    }

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task A_server_that_does_not_read_makes_the_client_wait(Kind kind)
    {
        await using var harness = new Harness(kind);
        var (client, connection) = await harness.ConnectAsync();
        var sending = Task.Run(async () => await client.SendAsync(Bytes.Pattern(Megabytes64)));
        var buffer = new byte[64 * 1024];
        for (long received = 0; received < Megabytes64;)
        {
            if (received < Megabytes64 / 2)
                Assert.False(sending.IsCompleted);
            int n = await connection.ReadAsync(buffer);
            Assert.True(n > 0);
            Assert.True(Bytes.IsPattern(buffer.AsSpan(0, n), received));
            received += n;
        }
        Assert.True(await sending);
        connection.Close();
        client.Dispose();
    }

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task A_large_echo_to_a_slow_reader_needs_one_block(Kind kind)
    {
        await using var harness = new Harness(kind, Flows.EchoAsync);
        using var client = await harness.DialAsync();
        var sending = Task.Run(async () =>
        {
            Assert.True(await client.SendAsync(Bytes.Pattern(Megabytes64)));
            client.CompleteWrites();
        });
        var buffer = new byte[10_000];
        long received = 0;
        for (int n; (n = await client.ReceiveAsync(buffer.AsMemory())) > 0; received += n)
        {
            Assert.True(Bytes.IsPattern(buffer.AsSpan(0, n), received));
            Assert.InRange(harness.Rented, 0, 1);
        }
        Assert.Equal(Megabytes64, received);
        await sending;
    }

    /// <summary>Memory without an array, as a memory-mapped file would be.</summary>
    private sealed class ForeignMemory(string text) : MemoryManager<byte>
    {
        private readonly byte[] _pinned = Pin(text);

        public override Span<byte> GetSpan() => _pinned;

        public override MemoryHandle Pin(int elementIndex = 0) => _pinned.AsMemory(elementIndex).Pin();

        public override void Unpin()
        {
            // Pinned for good.
        }

        protected override void Dispose(bool disposing)
        {
            // The collector frees it.
        }

        private static byte[] Pin(string text)
        {
            var bytes = GC.AllocateArray<byte>(text.Length, pinned: true);
            Bytes.Of(text).CopyTo(bytes, 0);
            return bytes;
        }
    }
}
