using System.Net;
using Millrace.Testing;
using Millrace.Transport.Tests.Support;

namespace Millrace.Transport.Tests;

/// <summary>What only the in-memory transport promises: determinism, and TCP's manners at the end.</summary>
public sealed class InMemoryTests : IAsyncDisposable
{
    private readonly InMemoryTransport _transport = new(new TransportOptions { Loops = 1 });
    private readonly Listener _listener;
    private Connection? _connection;

    public InMemoryTests() =>
        _listener = _transport.Listen(new IPEndPoint(IPAddress.Loopback, 80), new ListenOptions(), connection => _connection = connection);

    [Fact(Timeout = 30_000)]
    public async Task The_reader_runs_on_inside_the_call_of_the_writer()
    {
        var (client, connection) = Connect();
        var reading = connection.ReadAsync(new byte[10]).AsTask();
        await client.WriteAsync(Bytes.Of("abc"));
        Assert.True(reading.IsCompleted);
        var answer = client.ReadAsync(new byte[10]).AsTask();
        Assert.True(await connection.WriteAsync(Bytes.Of("de"), Bytes.Of("f")));
        Assert.True(answer.IsCompleted);
        Assert.Equal(3, client.BytesFromServer);
        connection.Close();
    }

    [Fact(Timeout = 30_000)]
    public async Task After_the_servers_end_the_client_cannot_write()
    {
        var (client, connection) = Connect();
        connection.Close();
        Assert.Equal(0, await client.ReadAsync(new byte[10]));
        await Assert.ThrowsAsync<IOException>(async () => await client.WriteAsync(Bytes.Of("x")));
    }

    [Fact(Timeout = 30_000)]
    public async Task Closing_with_unread_bytes_resets_after_what_was_written()
    {
        var (client, connection) = Connect();
        await client.WriteAsync(Bytes.Of("unread"));
        Assert.Equal(6, client.UnreadByServer);
        Assert.True(await connection.WriteAsync(Bytes.Of("answer")));
        connection.Close();
        Assert.Equal(6, await client.ReadAsync(new byte[10]));
        await Assert.ThrowsAsync<IOException>(async () => await client.ReadExactlyAsync(new byte[1]));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_client_can_give_up_waiting_and_go_on_later()
    {
        var (client, connection) = Connect();
        using var giveUp = new CancellationTokenSource();
        var reading = client.ReadAsync(new byte[10], giveUp.Token).AsTask();
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
        Assert.True(await connection.WriteAsync(Bytes.Of("late")));
        Assert.Equal(4, await client.ReadAsync(new byte[10]));
        connection.Close();
    }

    public async ValueTask DisposeAsync()
    {
        await _listener.StopAsync();
        await _transport.DisposeAsync();
    }

    private (InMemoryClientStream Client, Connection Connection) Connect()
    {
        var client = _transport.Connect(_listener.LocalEndPoint);
        return (client, _connection!);
    }
}
