using System.Net;
using Millrace.Testing;
using Millrace.Transport.Tests.Support;

namespace Millrace.Transport.Tests;

/// <summary>On the steady path the in-memory transport allocates nothing, so what a test over it measures is the server's own.</summary>
public sealed class AllocationTests
{
    [Fact(Timeout = 30_000)]
    public async Task Bytes_through_memory_allocate_nothing()
    {
        await using var transport = new InMemoryTransport(new TransportOptions { Loops = 1 });
        var flow = Task.CompletedTask;
        var listener = transport.Listen(new IPEndPoint(IPAddress.Loopback, 0), new ListenOptions(), connection => flow = Flows.EchoAsync(connection));
        using (var client = transport.Connect(listener.LocalEndPoint))
        {
            var buffer = new byte[1000];
            await EchoAsync(client, buffer, 1000);
            long before = GC.GetAllocatedBytesForCurrentThread();
            await EchoAsync(client, buffer, 1000);
            // Everything ran inside these calls, on this thread; an echo that allocated one object would show 24,000 bytes.
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 2000);
        }
        await flow;
        await listener.StopAsync();
    }

    private static async Task EchoAsync(InMemoryClientStream client, byte[] buffer, int times)
    {
        for (int i = 0; i < times; i++)
        {
            await client.WriteAsync(buffer);
            for (int n = 0; n < buffer.Length;)
                n += await client.ReadAsync(buffer.AsMemory(n));
        }
    }
}
