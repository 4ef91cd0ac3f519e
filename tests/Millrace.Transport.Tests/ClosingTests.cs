using System.Net;
using Millrace.Transport.Tests.Support;

namespace Millrace.Transport.Tests;

/// <summary>How a connection ends, from either side.</summary>
public sealed class ClosingTests
{
    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task A_client_that_closes_its_half_still_gets_the_whole_answer(Kind kind)
    {
        await using var harness = new Harness(kind);
        var (client, connection) = await harness.ConnectAsync();
        await client.SendAsync("question");
        client.CompleteWrites();
        Assert.Equal("question", Bytes.Text(await Flows.ReadExactlyAsync(connection, 8)));
        Assert.Equal(Connection.EndOfStream, await connection.ReadAsync(new byte[10]));
        Assert.Equal(Connection.EndOfStream, await connection.ReadAsync(new byte[10]));
        Assert.True(connection.PeerClosed);
        Assert.True(await connection.WaitReadableAsync());

        var answer = client.ReceiveAllAsync();
        Assert.True(await connection.WriteAsync(Bytes.Pattern(4_000_000)));
        connection.Close();
        var received = await answer;
        Assert.Equal(4_000_000, received.Length);
        Assert.True(Bytes.IsPattern(received, 0));
        client.Dispose();
    }

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task A_server_that_closes_its_half_can_still_read(Kind kind)
    {
        await using var harness = new Harness(kind);
        var (client, connection) = await harness.ConnectAsync();
        Assert.True(await connection.WriteAsync(Bytes.Of("bye")));
        connection.CompleteWrites();
        Assert.Equal("bye", Bytes.Text(await client.ReceiveAllAsync()));
        Assert.False(connection.PeerClosed);
        await client.SendAsync("one more thing");
        Assert.Equal("one more thing", Bytes.Text(await Flows.ReadExactlyAsync(connection, 14)));
        client.Dispose();
        Assert.Equal(Connection.EndOfStream, await connection.ReadAsync(new byte[10]));
        connection.Close();
    }

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task Closing_sends_what_was_written_and_then_the_end(Kind kind)
    {
        await using var harness = new Harness(kind);
        var (client, connection) = await harness.ConnectAsync();
        Assert.True(await connection.WriteAsync(Bytes.Pattern(50_000)));
        connection.Close();
        Assert.True(Bytes.IsPattern(await client.ReceiveAllAsync(), 0));
        client.Dispose();
    }

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task A_reset_ends_a_pending_read_with_lost_and_the_next_write_with_false(Kind kind)
    {
        await using var harness = new Harness(kind);
        var (client, connection) = await harness.ConnectAsync();
        var reading = connection.ReadAsync(new byte[10]).AsTask();
        Assert.False(reading.IsCompleted);
        client.Reset();
        Assert.Equal(Connection.Lost, await reading);
        Assert.Equal(Connection.Lost, await connection.ReadAsync(new byte[10]));
        Assert.False(await connection.WriteAsync(Bytes.Of("anybody there?")));
        Assert.True(connection.PeerClosed);
        connection.CompleteWrites();
        connection.Close();
    }

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task A_reset_ends_a_pending_write_with_false(Kind kind)
    {
        await using var harness = new Harness(kind);
        var (client, connection) = await harness.ConnectAsync();
        var writing = connection.WriteAsync(Bytes.Pattern(30_000_000)).AsTask();
        Assert.False(writing.IsCompleted);
        client.Reset();
        Assert.False(await writing);
        connection.Close();
    }

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task Abort_from_another_thread_ends_a_pending_read_and_the_peer_sees_a_reset(Kind kind)
    {
        await using var harness = new Harness(kind);
        var (client, connection) = await harness.ConnectAsync();
        var reading = connection.ReadAsync(new byte[10]).AsTask();
        bool told = false;
        connection.WatchPeer(() => told = true);
        await Task.Run(connection.Abort);
        Assert.Equal(Connection.Lost, await reading);
        Assert.True(told);
        Assert.True(await connection.WaitReadableAsync());
        Assert.False(await connection.WriteAsync(Bytes.Of("too late")));
        connection.Close();
        Assert.Equal(Client.WasReset, await client.ReceiveEndAsync());
        client.Dispose();
    }

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task Abort_from_another_thread_ends_a_pending_write_and_the_peer_sees_a_reset(Kind kind)
    {
        await using var harness = new Harness(kind);
        var (client, connection) = await harness.ConnectAsync();
        var writing = connection.WriteAsync(Bytes.Pattern(30_000_000)).AsTask();
        Assert.False(writing.IsCompleted);
        await Task.Run(connection.Abort);
        Assert.False(await writing);
        connection.Close();
        Assert.Equal(Client.WasReset, await client.ReceiveEndAsync());
        client.Dispose();
    }

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task Abort_between_two_calls_is_found_by_the_next(Kind kind)
    {
        await using var harness = new Harness(kind);
        var (client, connection) = await harness.ConnectAsync();
        connection.Abort();
        connection.Abort();
        Assert.Equal(Connection.Lost, await connection.ReadAsync(new byte[10]));
        Assert.False(await connection.WriteAsync(Bytes.Of("x")));
        connection.Close();
        connection.Abort();
        Assert.Equal(Client.WasReset, await client.ReceiveEndAsync());
        client.Dispose();
    }

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task Closing_while_the_peer_is_watched_sends_what_was_written_and_then_the_end(Kind kind)
    {
        await using var harness = new Harness(kind);
        for (int i = 0; i < 20; i++)
        {
            var (client, connection) = await harness.ConnectAsync();
            connection.WatchPeer(() => { });
            var waiting = connection.WaitReadableAsync().AsTask();
            connection.Interrupt();
            Assert.False(await waiting);
            var writing = connection.WriteAsync(Bytes.Pattern(400_000)).AsTask();
            var all = client.ReceiveAllAsync();
            Assert.True(await writing);
            connection.Close();
            Assert.Equal(400_000, (await all).Length);
            client.Dispose();
        }
    }

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Kinds.Network), MemberType = typeof(Kinds))]
    public async Task Both_ends_know_each_others_address(Kind kind)
    {
        await using var harness = new Harness(kind);
        var (client, connection) = await harness.ConnectAsync();
        Assert.Equal(client.LocalEndPoint, connection.RemoteEndPoint);
        Assert.Equal(harness.Listener.LocalEndPoint, connection.LocalEndPoint);
        client.Reset();
        Assert.Equal(Connection.Lost, await connection.ReadAsync(new byte[1]));
        Assert.Equal(IPAddress.Loopback, ((IPEndPoint)connection.RemoteEndPoint!).Address);
        connection.Close();
    }
}
