using Millrace.Transport.Clock;
using Millrace.Transport.Epoll;
using Millrace.Transport.Tests.Support;

namespace Millrace.Transport.Tests;

/// <summary>
/// Callbacks about as long as the watchdog's interval, so that takeovers hit them just as they end. Nothing may be lost or run
/// twice. That one thread leads at a time is asserted in the loop itself (debug builds), where a second leader ends the process.
/// </summary>
public sealed class HandOverRaceTests
{
    [EpollFact]
    public async Task Takeovers_at_the_very_end_of_a_callback_lose_nothing_and_repeat_nothing()
    {
        const int seed = 20_251_123;
        const int connections = 24;
        const int pings = 60;
        const int posts = 600;
        const int timers = 300;
        var options = new TransportOptions { HandOverInterval = TimeSpan.FromMilliseconds(1) };
        await using var harness = new Harness(Kind.Epoll, SpinAndEchoAsync, given => options with { Loops = 2, Logger = given.Logger });
        var counts = new int[posts + timers];
        var random = new Random(seed);
        for (int i = 0; i < posts; i++)
        {
            int index = i;
            int spin = NextSpin(random);
            harness.Loops[i % 2].Post(() => Count(index, spin));
        }
        for (int i = 0; i < timers; i++)
        {
            int index = posts + i;
            int spin = NextSpin(random);
            var loop = harness.Loops[i % 2];
            loop.Timers.Set(new CallbackTimer(() => Count(index, spin)), loop.Clock.Milliseconds + random.Next(1000));
        }
        await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => PingAsync(harness, pings)));
        await Eventually.TrueAsync(() => counts.Sum() >= counts.Length);
        Assert.All(counts, count => Assert.Equal(1, count));
        long takeovers = harness.Epoll.Loops.Sum(loop => (long)(loop.Word >> 32));
        Assert.NotEqual(0, takeovers);
        await Eventually.TrueAsync(() => harness.Transport.HandOvers == takeovers || takeovers != (takeovers = Takeovers(harness)));

        void Count(int index, int spin)
        {
            Spin(spin);
            Interlocked.Increment(ref counts[index]);
        }
    }

    private static long Takeovers(Harness harness) => harness.Epoll.Loops.Sum(loop => (long)(loop.Word >> 32));

    private static async Task SpinAndEchoAsync(Connection connection)
    {
        var random = new Random(((EpollConnection)connection).Descriptor);
        var one = new byte[1];
        while (await connection.ReadAsync(one) == 1)
        {
            Spin(NextSpin(random));
            if (!await connection.WriteAsync(one))
                break;
        }
        connection.Close();
    }

    private static async Task PingAsync(Harness harness, int pings)
    {
        using var client = await harness.DialAsync();
        for (int i = 0; i < pings; i++)
        {
            await client.SendAsync("x");
            Assert.Equal("x", await client.ReceiveTextAsync(1));
        }
    }

    // Most callbacks are short; one in eight lasts 1 to 3 ms, which is when the second look at it comes.
    private static int NextSpin(Random random) => random.Next(8) == 0 ? 1000 + random.Next(2000) : random.Next(30);

    private static void Spin(int microseconds)
    {
        long start = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(start).TotalMicroseconds < microseconds)
            Thread.SpinWait(10);
    }

    private sealed class CallbackTimer(Action callback) : LoopTimer
    {
        protected internal override void OnDue() => callback();
    }
}
