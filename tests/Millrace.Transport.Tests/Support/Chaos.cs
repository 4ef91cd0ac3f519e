using Millrace.Transport.Buffers;

namespace Millrace.Transport.Tests.Support;

/// <summary>Servers and clients that misbehave at random moments, decided by a seed. Each ends by itself.</summary>
internal static class Chaos
{
    private static readonly byte[] Large = Bytes.Pattern(300_000);

    /// <summary>One of the things a handler may do with a connection, good or bad.</summary>
    public static async Task ServeAsync(Connection connection, int seed)
    {
        var random = new Random(seed);
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (random.Next(2) == 0)
            connection.WatchPeer(cancelled.SetResult);
        if (random.Next(8) == 0)
            ThreadPool.QueueUserWorkItem(_ => connection.Abort());
        if (random.Next(8) == 0)
            ThreadPool.QueueUserWorkItem(_ => connection.Interrupt());
        switch (random.Next(6))
        {
            case 0:
                // Does not even look.
                break;
            case 1:
                await EchoAsync(connection, random, int.MaxValue);
                break;
            case 2:
                await EchoAsync(connection, random, random.Next(5));
                break;
            case 3:
                if (await connection.WriteAsync(Large.AsMemory(0, random.Next(100)), Large))
                    connection.CompleteWrites();
                await EchoAsync(connection, random, 3);
                break;
            case 4:
                // Works for a while without touching the connection, sometimes on another thread, sometimes with a thread blocked.
                await EchoAsync(connection, random, 1);
                if (random.Next(2) == 0)
                    await Task.Yield();
                else
                    Thread.SpinWait(random.Next(20_000));
                await connection.WriteAsync(Large.AsMemory(0, random.Next(Large.Length)));
                break;
            default:
                connection.WatchPeer(() => cancelled.TrySetResult());
                await cancelled.Task;
                break;
        }
        connection.Close();
    }

    /// <summary>One of the things a client may do, and then it is gone.</summary>
    public static async Task VisitAsync(Client client, int seed)
    {
        var random = new Random(seed);
        var buffer = new byte[random.Next(1, 20_000)];
        switch (random.Next(7))
        {
            case 0:
                // Abandoned before a word.
                break;
            case 1:
                await client.SendAsync(Large.AsMemory(0, random.Next(1, 2000)));
                break;
            case 2:
                // Leaves while it waits for an answer.
                await client.SendAsync(Large.AsMemory(0, random.Next(1, 2000)));
                var receiving = client.ReceiveAsync(buffer.AsMemory()).AsTask();
                await Task.Yield();
                client.Dispose();
                await receiving;
                return;
            case 3:
                await client.SendAsync("half");
                TryCompleteWrites(client);
                await client.ReceiveEndAsync();
                break;
            case 4:
                // Sends more than anybody takes, and is torn away from it.
                var sending = client.SendAsync(Large).AsTask();
                await Task.Yield();
                client.Reset();
                await sending;
                return;
            case 5:
                for (int i = random.Next(5); i > 0 && await client.SendAsync("again"); i--)
                    await Task.Yield();
                break;
            default:
                client.Reset();
                return;
        }
        if (random.Next(2) == 0)
            client.Reset();
        else
            client.Dispose();
    }

    private static async Task EchoAsync(Connection connection, Random random, int reads)
    {
        while (reads-- > 0 && await connection.WaitReadableAsync())
        {
            var block = connection.Loop.Buffers.Rent(random.Next(4) == 0 ? BufferPool.BlockSize * 3 : BufferPool.BlockSize);
            int n = await connection.ReadAsync(block);
            bool written = n > 0 && await connection.WriteAsync(block.AsMemory(0, n / 2), block.AsMemory(n / 2, n - n / 2));
            connection.Loop.Buffers.Return(block);
            if (!written)
                break;
        }
    }

    private static void TryCompleteWrites(Client client)
    {
        try
        {
            client.CompleteWrites();
        }
        catch (System.Net.Sockets.SocketException)
        {
            // The server has reset the connection already.
        }
    }
}
