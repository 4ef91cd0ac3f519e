using System.Net.Sockets;
using Millrace.Transport.Tests.Support;

namespace Millrace.Transport.Tests;

/// <summary>Thousands of connections opened, reset, half-closed, aborted and abandoned at random moments leave nothing behind.</summary>
public sealed class StressTests
{
    private const int Connections = 3000;
    private const int AtOnce = 150;

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task Nothing_is_left_over_after_thousands_of_connections_that_end_at_random_moments(Kind kind)
    {
        // What the process opens once and keeps (the socket engine's descriptors) is open after a first round.
        await RunAsync(kind, 50, seed: 0);
        int descriptors = OpenDescriptors();
        foreach (int seed in new[] { 1_000_000, 2_000_000, 3_000_000 })
        {
            await RunAsync(kind, Connections, seed);
            await Eventually.TrueAsync(() => OpenDescriptors() <= descriptors);
        }
    }

    private static async Task RunAsync(Kind kind, int connections, int seed)
    {
        int served = 0;
        int dialed = 0;
        // The harness checks at its end: no flow unfinished, no connection, no rented block, no loop thread.
        await using var harness = new Harness(kind, connection => Chaos.ServeAsync(connection, seed + Interlocked.Increment(ref served)));
        await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => Task.Run(async () =>
        {
            for (int n; (n = Interlocked.Increment(ref dialed)) <= connections;)
                await DialAndVisitAsync(harness, seed - n);
        })));
        // Not all: the system forgets a connection whose client reset it while the queue was full.
        await Eventually.TrueAsync(() => Volatile.Read(ref served) > connections / 2);
    }

    private static async Task DialAndVisitAsync(Harness harness, int seed)
    {
        try
        {
            await Chaos.VisitAsync(await harness.DialAsync(), seed);
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionReset or SocketError.Shutdown)
        {
            // The server aborted the connection so fast that connecting itself tells of it.
        }
    }

    // Sockets, epoll and event descriptors; each thread of the pool keeps a pipe as well, and those come and go.
    private static int OpenDescriptors() => !Directory.Exists("/proc/self/fd") ? 0
        : Directory.GetFiles("/proc/self/fd").Count(path => new FileInfo(path).LinkTarget is { } target
            && (target.StartsWith("socket:", StringComparison.Ordinal) || target.StartsWith("anon_inode:", StringComparison.Ordinal)));
}
