using System.Net.ServerSentEvents;
using Microsoft.Extensions.Time.Testing;

namespace Millrace.Tests.Responses;

public sealed class EventStreamTests
{
    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task Events_are_read_by_the_base_library_as_they_were_sent(Kind kind)
    {
        await using var server = Server(kind, async (events, request) =>
        {
            Assert.Equal("41é", EventStreamResponse.LastEventId(request));
            await events.SendAsync("plain");
            await events.SendCommentAsync("unseen");
            await events.SendAsync("two\nlines\r\nand\rmore\n", type: "news", id: "42", retry: TimeSpan.FromSeconds(2));
            await Task.Yield();
            await events.SendAsync("", type: "empty");
            await events.SendAsync(new string('€', 50_000));
        });
        using var client = await server.ConnectAsync();
        await client.GetAsync("/", "Last-Event-ID: 41\u00C3\u00A9\r\n");
        var response = await client.ReadAsync();
        Assert.Equal(("text/event-stream", "no-cache"), (response["Content-Type"], response["Cache-Control"]));
        var items = SseParser.Create(new MemoryStream(response.Body)).Enumerate().Select(item => (item.EventType, item.Data, item.EventId, item.ReconnectionInterval)).ToList();
        Assert.Equal(
        [
            ("message", "plain", null, null),
            ("news", "two\nlines\nand\nmore\n", "42", TimeSpan.FromSeconds(2)),
            ("empty", "", null, null),
            ("message", new string('€', 50_000), null, null),
        ], items.Select(item => (item.EventType, item.Data, item.EventId is "" ? null : item.EventId, item.ReconnectionInterval)));
        // The connection goes on.
        await client.GetAsync("/", "Last-Event-ID: 41\u00C3\u00A9\r\n");
        Assert.Equal(200, (await client.ReadAsync()).Status);
    }

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task An_event_is_with_the_client_before_the_handler_waits_for_anything_else(Kind kind)
    {
        var gate = new Gate();
        await using var server = Server(kind, async (events, _) =>
        {
            await events.SendAsync("one");
            await gate.PassAsync();
            await events.SendAsync("two");
        });
        using var client = await server.ConnectAsync();
        await client.GetAsync("/");
        await client.ReadHeadAsync();
        Assert.Equal("data: one\n\n"u8.ToArray(), await client.ReadChunkAsync());
        gate.Open();
        Assert.Equal("data: two\n\n"u8.ToArray(), await client.ReadChunkAsync());
        Assert.Empty(await client.ReadChunkAsync());
    }

    [Fact]
    public async Task Small_events_sent_at_once_leave_in_few_writes()
    {
        int writes = 0;
        await using var server = new RunningServer(Kind.Epoll, RunningServer.HandlerOf([Get("/", async request =>
        {
            var events = new EventStreamResponse();
            await events.PrepareAsync(request);
            for (int i = 0; i < 100; i++)
                await events.SendAsync($"event {i}");
            return events;
        })]), new ServerOptions { HandOverInterval = Timeout.InfiniteTimeSpan }, inner => new ObservedTransport(inner, _ => Interlocked.Increment(ref writes)));
        // Without hand-over: a loop that goes on elsewhere, because the system took this thread's turn away, sends what has come together so far.
        var response = await server.GetAsync("/");
        Assert.Equal(100, response.Chunks.Count);
        Assert.InRange(writes, 2, 4);
    }

    [Fact]
    public async Task A_quiet_stream_is_kept_alive_by_comments()
    {
        var time = new FakeTimeProvider();
        var gate = new Gate();
        await using var server = Server(Kind.InMemory, (_, _) => gate.PassAsync(), new ServerOptions { TimeProvider = time });
        using var client = await server.ConnectAsync();
        await client.GetAsync("/");
        await client.ReadHeadAsync();
        for (int i = 0; i < 3; i++)
        {
            time.Advance(TimeSpan.FromSeconds(15));
            Assert.Equal(": \n\n"u8.ToArray(), await client.ReadChunkAsync());
        }
        gate.Open();
        Assert.Empty(await client.ReadChunkAsync());
    }

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task A_client_that_is_gone_ends_the_stream_by_its_token(Kind kind)
    {
        var ended = new TaskCompletionSource();
        await using var server = Server(kind, async (events, request) =>
        {
            await events.SendAsync("hello");
            try
            {
                await Task.Delay(Timeout.Infinite, request.Aborted);
            }
            finally
            {
                ended.SetResult();
            }
        });
        using (var client = await server.ConnectAsync())
        {
            await client.GetAsync("/");
            await client.ReadHeadAsync();
            await client.ReadChunkAsync();
            client.Reset();
        }
        await ended.Task.InTime();
        await server.ConnectionsEndedAsync();
    }

    [Fact]
    public async Task A_client_that_does_not_read_makes_sends_wait()
    {
        int sent = 0;
        var time = new FakeTimeProvider();
        Exception? failure = null;
        await using var server = Server(Kind.InMemory, async (events, _) => failure = await Record.ExceptionAsync(async () =>
        {
            for (; sent < 1000; sent++)
                await events.SendAsync(new string('x', 5000));
        }), new ServerOptions { TimeProvider = time });
        using var client = await server.ConnectAsync();
        await client.GetAsync("/");
        await Deadline.UntilAsync(() => client.InMemory.BytesFromServer >= 60_000, "a full pipe");
        Assert.InRange(sent, 1, 40);
        // The server may still be about to set its timer.
        await Deadline.UntilAsync(() =>
        {
            time.Advance(TimeSpan.FromSeconds(61));
            return server.Server.ConnectionCount == 0;
        }, "the end of the connection");
        Assert.IsType<IOException>(failure);
    }

    [Fact]
    public async Task Sends_of_many_tasks_leave_whole()
    {
        await using var server = Server(Kind.Epoll, (events, _) => Task.WhenAll(Enumerable.Range(0, 8).Select(task => Task.Run(async () =>
        {
            for (int i = 0; i < 200; i++)
                await events.SendAsync($"{task}", type: $"{i}");
        }))));
        var response = await server.GetAsync("/");
        var items = SseParser.Create(new MemoryStream(response.Body)).Enumerate().ToList();
        Assert.Equal(1600, items.Count);
        Assert.All(items.GroupBy(item => item.Data), group => Assert.Equal(Enumerable.Range(0, 200).Select(i => $"{i}"), group.Select(item => item.EventType)));
    }

    [Fact]
    public async Task A_line_break_in_a_field_and_a_send_at_the_wrong_time_throw()
    {
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await new EventStreamResponse().SendAsync("x"));
        Assert.Throws<ArgumentOutOfRangeException>(() => new EventStreamResponse { KeepAlive = TimeSpan.Zero });
        await using var server = Server(Kind.InMemory, async (events, _) =>
        {
            foreach (string bad in new[] { "a\nb", "a\rb" })
            {
                await Assert.ThrowsAsync<ArgumentException>(async () => await events.SendAsync("x", type: bad));
                await Assert.ThrowsAsync<ArgumentException>(async () => await events.SendAsync("x", id: bad));
                await Assert.ThrowsAsync<ArgumentException>(async () => await events.SendCommentAsync(bad));
            }
            await Assert.ThrowsAsync<ArgumentException>(async () => await events.SendAsync("x", id: "a\0b"));
        });
        Assert.Empty((await server.GetAsync("/")).Body);
    }

    private static RunningServer Server(Kind kind, Func<EventStreamResponse, Request, Task> run, ServerOptions? options = null) =>
        new(kind, [Get("/", async request =>
        {
            var events = new EventStreamResponse();
            await events.PrepareAsync(request);
            await run(events, request);
            return events;
        })], options);
}
