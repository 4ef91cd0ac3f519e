using Millrace.Transport.Tests.Support;

namespace Millrace.Transport.Tests;

/// <summary>A callback that knows it will block gives its loop away at once, without waiting for the watchdog.</summary>
public sealed class StepAsideTests
{
    [EpollFact]
    public async Task A_callback_that_steps_aside_leads_no_more_and_the_loop_goes_on()
    {
        await using var harness = new Harness(Kind.Epoll, Flows.EchoAsync, options => options with { Loops = 1, HandOverInterval = Timeout.InfiniteTimeSpan });
        var loop = harness.Loops[0];
        using var gate = new ManualResetEventSlim();
        var led = new TaskCompletionSource<(bool Before, bool After)>(TaskCreationOptions.RunContinuationsAsynchronously);
        var returned = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        loop.Post(() =>
        {
            bool before = loop.IsLedByCaller;
            loop.StepAside();
            led.SetResult((before, loop.IsLedByCaller));
            // A second time there is nothing to give away.
            loop.StepAside();
            gate.Wait();
            returned.SetResult();
        });
        Assert.Equal((true, false), await led.Task);
        Assert.False(loop.IsLedByCaller);
        using (var client = await harness.DialAsync())
        {
            await client.SendAsync("ping");
            Assert.Equal("ping", await client.ReceiveTextAsync(4));
        }
        Assert.Equal(2, harness.Epoll.Crew.Threads);
        gate.Set();
        await returned.Task;
    }

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task Stepping_aside_is_harmless_where_the_caller_leads_nothing(Kind kind)
    {
        await using var harness = new Harness(kind, Flows.EchoAsync);
        foreach (var loop in harness.Loops)
        {
            Assert.False(loop.IsLedByCaller);
            loop.StepAside();
        }
    }

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task A_flow_that_yields_runs_on_after_what_was_waiting(Kind kind)
    {
        await using var harness = new Harness(kind, configure: options => options with { Loops = 1 });
        var loop = harness.Loops[0];
        bool ran = false;
        loop.Post(() => Volatile.Write(ref ran, true));
        await loop.YieldAsync();
        await Eventually.TrueAsync(() => Volatile.Read(ref ran));
    }
}
