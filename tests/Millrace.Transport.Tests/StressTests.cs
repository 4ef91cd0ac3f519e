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
        const int seed = 4711;
        // What the process opens once and keeps (the socket engine's descriptors) is open after a first round.
        await RunAsync(kind, 50, seed);
        int descriptors = OpenDescriptors();
        await RunAsync(kind, Connections, seed);
        await Eventually.TrueAsync(() => OpenDescriptors() <= descriptors);
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
                await Chaos.VisitAsync(await harness.DialAsync(), seed - n);
        })));
    }

    private static int OpenDescriptors() => Directory.Exists("/proc/self/fd") ? Directory.GetFiles("/proc/self/fd").Length : 0;
}
