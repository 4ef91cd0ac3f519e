using Microsoft.Extensions.Time.Testing;
using Millrace.Transport.Tests.Support;

namespace Millrace.Transport.Tests;

/// <summary>A peer that goes is noticed while nobody reads.</summary>
public sealed class PeerWatchTests
{
    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task The_end_is_seen_while_nobody_reads(Kind kind)
    {
        await using var harness = new Harness(kind);
        var (client, connection) = await harness.ConnectAsync();
        var seen = Watch(connection);
        Assert.False(seen.IsCompleted);
        client.CompleteWrites();
        await seen;
        Assert.True(connection.PeerClosed);
        Assert.True(await connection.WriteAsync(Bytes.Of("you may still read")));
        Assert.Equal(Connection.EndOfStream, await connection.ReadAsync(new byte[10]));
        connection.Close();
        client.Dispose();
    }

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task A_reset_is_seen_while_nobody_reads(Kind kind)
    {
        await using var harness = new Harness(kind);
        var (client, connection) = await harness.ConnectAsync();
        var seen = Watch(connection);
        client.Reset();
        await seen;
        Assert.True(connection.PeerClosed);
        Assert.Equal(Connection.Lost, await connection.ReadAsync(new byte[10]));
        connection.Close();
    }

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task The_end_is_seen_behind_unread_bytes_which_stay_readable(Kind kind)
    {
        await using var harness = new Harness(kind);
        var (client, connection) = await harness.ConnectAsync();
        await client.SendAsync("unread");
        Assert.True(await connection.WaitReadableAsync());
        var seen = Watch(connection);
        client.CompleteWrites();
        await seen;
        Assert.Equal("unread", Bytes.Text(await Flows.ReadExactlyAsync(connection, 6)));
        Assert.Equal(Connection.EndOfStream, await connection.ReadAsync(new byte[10]));
        connection.Close();
        client.Dispose();
    }

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task A_reset_is_seen_behind_unread_bytes(Kind kind)
    {
        await using var harness = new Harness(kind);
        var (client, connection) = await harness.ConnectAsync();
        await client.SendAsync("unread");
        Assert.True(await connection.WaitReadableAsync());
        var seen = Watch(connection);
        client.Reset();
        await seen;
        Assert.Equal(Connection.Lost, await Flows.ReadEndAsync(connection));
        connection.Close();
    }

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task The_watch_goes_on_through_reads(Kind kind)
    {
        await using var harness = new Harness(kind);
        var (client, connection) = await harness.ConnectAsync();
        var seen = Watch(connection);
        for (int i = 0; i < 5; i++)
        {
            await client.SendAsync("0123456789");
            Assert.Equal("01234", Bytes.Text(await Flows.ReadExactlyAsync(connection, 5)));
            Assert.Equal("56789", Bytes.Text(await Flows.ReadExactlyAsync(connection, 5)));
            Assert.False(seen.IsCompleted);
        }
        client.CompleteWrites();
        await seen;
        connection.Close();
        client.Dispose();
    }

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task A_watch_does_not_take_the_bytes_from_a_pending_read(Kind kind)
    {
        // Time stands still: what is seen here is seen without looking again after a while.
        await using var harness = new Harness(kind, configure: options => options with { TimeProvider = new FakeTimeProvider() });
        var (client, connection) = await harness.ConnectAsync();
        var buffer = new byte[10];
        var reading = connection.ReadAsync(buffer).AsTask();
        var seen = Watch(connection);
        await client.SendAsync("hello");
        Assert.Equal(5, await reading);
        Assert.Equal("hello", Bytes.Text(buffer.AsSpan(0, 5)));
        client.CompleteWrites();
        await seen;
        Assert.Equal(Connection.EndOfStream, await connection.ReadAsync(buffer));
        connection.Close();
        client.Dispose();
    }

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task A_watch_that_comes_late_is_told_at_once_and_once_only(Kind kind)
    {
        await using var harness = new Harness(kind);
        var (client, connection) = await harness.ConnectAsync();
        client.CompleteWrites();
        Assert.Equal(Connection.EndOfStream, await connection.ReadAsync(new byte[10]));
        int told = 0;
        connection.WatchPeer(() => told++);
        Assert.Equal(1, told);
        connection.Abort();
        Assert.Equal(1, told);
        connection.Close();
        client.Dispose();
    }

    private static Task Watch(Connection connection)
    {
        var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        connection.WatchPeer(seen.SetResult);
        return seen.Task;
    }
}
