namespace Millrace.Transport.Tests.Support;

/// <summary>A flow that answers every byte with itself, and before it answers 'b' blocks its thread as the test says.</summary>
internal sealed class BlockingServer(Action block)
{
    private int _blocked;
    private int _blockedLoopThreads;

    /// <summary>Flows that block a thread now.</summary>
    public int Blocked => Volatile.Read(ref _blocked);

    /// <summary>
    /// Those of them that block a thread of a loop: all, but for the rare flow that hopped to the thread pool because its bytes
    /// came, on another thread, just between its decision to wait and the wait.
    /// </summary>
    public int BlockedLoopThreads => Volatile.Read(ref _blockedLoopThreads);

    public async Task RunAsync(Connection connection)
    {
        var one = new byte[1];
        while (await connection.ReadAsync(one) == 1)
        {
            if (one[0] == 'b')
            {
                int loopThreads = Thread.CurrentThread.Name == "Millrace loop" ? 1 : 0;
                Interlocked.Add(ref _blockedLoopThreads, loopThreads);
                Interlocked.Increment(ref _blocked);
                block();
                Interlocked.Decrement(ref _blocked);
                Interlocked.Add(ref _blockedLoopThreads, -loopThreads);
            }
            if (!await connection.WriteAsync(one))
                break;
        }
        connection.Close();
    }

    /// <summary>Clients whose connections are all blocked when this returns.</summary>
    public async Task<List<Client>> BlockAsync(Harness harness, int count)
    {
        var clients = new List<Client>();
        for (int i = 0; i < count; i++)
        {
            var client = await harness.DialAsync();
            clients.Add(client);
            await client.SendAsync("b");
        }
        await Eventually.TrueAsync(() => Blocked == count);
        return clients;
    }

    public static async Task AnsweredAsync(List<Client> clients)
    {
        foreach (var client in clients)
        {
            Assert.Equal("b", await client.ReceiveTextAsync(1));
            client.Dispose();
        }
    }

    public static async Task EchoAsync(Harness harness, int messages)
    {
        using var client = await harness.DialAsync();
        for (int i = 0; i < messages; i++)
        {
            await client.SendAsync("x");
            Assert.Equal("x", await client.ReceiveTextAsync(1));
        }
    }
}
