namespace Millrace.Tests.Connections;

/// <summary>A client that sends requests without a pause does not keep the others of its loop waiting.</summary>
public sealed class FairnessTests
{
    [Theory]
    [MemberData(nameof(Kinds.Network), MemberType = typeof(Kinds))]
    public async Task Endless_pipelining_lets_the_other_connections_of_the_loop_through(Kind kind)
    {
        // One loop, and nobody takes it over: only the flow itself can let the others in.
        var options = new ServerOptions { Loops = 1, HandOverInterval = Timeout.InfiniteTimeSpan };
        long flooded = 0;
        var flowing = new TaskCompletionSource();
        await using var server = new RunningServer(kind,
        [
            Get("/flood", request =>
            {
                if (Interlocked.Increment(ref flooded) == 10_000)
                    flowing.SetResult();
                return new Response(204);
            }),
            Get("/", request => Response.Text("through")),
        ], options);
        using var stop = new CancellationTokenSource();
        var flooder = await server.ConnectAsync();
        var others = new[] { await server.ConnectAsync(), await server.ConnectAsync() };
        var sending = Task.Run(async () =>
        {
            var requests = System.Text.Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("GET /flood HTTP/1.1\r\nHost: a\r\n\r\n", 5000)));
            while (!stop.IsCancellationRequested && await flooder.TrySendAsync(requests))
            {
            }
        });
        var reading = Task.Run(() => Record.ExceptionAsync(async () =>
        {
            while (!stop.IsCancellationRequested)
                await flooder.ReadExactlyAsync(64 * 1024);
        }));
        await flowing.Task.InTime();
        for (int i = 0; i < 20; i++)
        {
            long before = Volatile.Read(ref flooded);
            foreach (var other in others)
            {
                await other.GetAsync("/");
                Assert.Equal("through", (await other.ReadAsync()).Text);
            }
            await Deadline.UntilAsync(() => Volatile.Read(ref flooded) > before, "more of the flood");
        }
        await stop.CancelAsync();
        flooder.Reset();
        await sending.InTime();
        await reading.InTime();
        foreach (var other in others)
            other.Dispose();
    }
}
