using Millrace.Transport.Tests.Support;

namespace Millrace.Transport.Tests;

/// <summary>Waiting for bytes costs no buffer and can be interrupted without losing one.</summary>
public sealed class WaitingTests
{
    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task An_idle_connection_holds_no_buffer(Kind kind)
    {
        await using var harness = new Harness(kind, Flows.EchoAsync);
        var clients = new List<Client>();
        for (int i = 0; i < 100; i++)
        {
            var client = await harness.DialAsync();
            clients.Add(client);
            await client.SendAsync("ping");
            Assert.Equal("ping", await client.ReceiveTextAsync(4));
        }
        Assert.Equal(100, harness.Connections);
        await Eventually.TrueAsync(() => harness.Rented == 0);
        clients.ForEach(client => client.Dispose());
    }

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task Interrupt_ends_an_idle_wait_and_the_connection_is_as_it_was(Kind kind)
    {
        await using var harness = new Harness(kind);
        var (client, connection) = await harness.ConnectAsync();
        var waiting = connection.WaitReadableAsync().AsTask();
        Assert.False(waiting.IsCompleted);
        connection.Interrupt();
        Assert.False(await waiting);

        var reading = connection.ReadAsync(new byte[10]).AsTask();
        Assert.False(reading.IsCompleted);
        connection.Interrupt();
        Assert.Equal(Connection.Interrupted, await reading);

        await client.SendAsync("hello");
        Assert.Equal("hello", Bytes.Text(await Flows.ReadExactlyAsync(connection, 5)));
        Assert.True(await connection.WriteAsync(Bytes.Of("hello")));
        Assert.Equal("hello", await client.ReceiveTextAsync(5));
        connection.Close();
        client.Dispose();
    }

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task Interrupt_while_nobody_waits_ends_the_next_wait(Kind kind)
    {
        await using var harness = new Harness(kind);
        var (client, connection) = await harness.ConnectAsync();
        connection.Interrupt();
        Assert.False(await connection.WaitReadableAsync());
        connection.Interrupt();
        Assert.Equal(Connection.Interrupted, await connection.ReadAsync(new byte[10]));
        var waiting = connection.WaitReadableAsync().AsTask();
        await client.SendAsync("x");
        Assert.True(await waiting);
        connection.Close();
        client.Dispose();
    }

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task Interrupts_at_any_moment_lose_no_byte(Kind kind)
    {
        const int count = 200_000;
        await using var harness = new Harness(kind);
        var (client, connection) = await harness.ConnectAsync();
        using var stop = new CancellationTokenSource();
        var interrupting = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
                connection.Interrupt();
        });
        var buffer = new byte[64];
        Assert.Equal(Connection.Interrupted, await connection.ReadAsync(buffer));
        var sending = Task.Run(async () =>
        {
            var pattern = Bytes.Pattern(count);
            for (int i = 0; i < count; i += 100)
                Assert.True(await client.SendAsync(pattern.AsMemory(i, 100)));
        });
        int received = 0;
        while (received < count)
        {
            int n = await connection.ReadAsync(buffer);
            if (n == Connection.Interrupted)
                continue;
            Assert.True(n > 0);
            Assert.True(Bytes.IsPattern(buffer.AsSpan(0, n), received));
            received += n;
        }
        await stop.CancelAsync();
        await interrupting;
        await sending;
        connection.Close();
        client.Dispose();
    }
}
