using System.Globalization;
using System.Net.ServerSentEvents;

namespace Millrace.Samples.Tests;

/// <summary><c>samples/ticker.cs</c>: ticks as they come, and those that were missed. What its page does with them is shown in Millrace.Browser.Tests.</summary>
public sealed class TickerSampleTests
{
    [Fact]
    public async Task Ticks_come_one_after_the_other_and_those_that_were_missed_come_first()
    {
        await using var sample = await RunningSample.StartAsync("ticker.cs");
        Assert.Contains("EventSource", await sample.Client.GetStringAsync("", TestContext.Current.CancellationToken), StringComparison.Ordinal);
        var live = await TicksAsync(sample, count: 2, lastSeen: null);
        Assert.Equal(live[0] + 1, live[1]);
        var missed = await TicksAsync(sample, count: 21, lastSeen: $"{live[1] - 20}");
        Assert.Equal(Enumerable.Range(1, 21).Select(i => live[1] - 20 + i), missed);
        foreach (string nonsense in (string[])["tomorrow", $"{long.MaxValue}", $"{long.MinValue}"])
            Assert.InRange((await TicksAsync(sample, count: 1, nonsense))[0], live[1] - 240, live[1] + 10_000);
    }

    private static async Task<List<long>> TicksAsync(RunningSample sample, int count, string? lastSeen)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "ticks");
        if (lastSeen is not null)
            request.Headers.Add("Last-Event-ID", lastSeen);
        using var response = await sample.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        var events = SseParser.Create(await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
        var ticks = new List<long>();
        await foreach (var one in events.EnumerateAsync(TestContext.Current.CancellationToken))
        {
            if (one.EventType == "message")
                ticks.Add(long.Parse(one.EventId!, CultureInfo.InvariantCulture));
            if (ticks.Count == count)
                break;
        }
        return ticks;
    }
}
