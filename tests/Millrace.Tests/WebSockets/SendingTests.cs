using System.Net.WebSockets;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Time.Testing;

namespace Millrace.Tests.WebSockets;

public sealed partial class SendingTests
{
    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task Every_kind_of_message_can_be_sent_and_received(Kind kind)
    {
        await using var server = Handler(kind, async ws =>
        {
            Assert.Equal("text", await ws.ReceiveTextAsync());
            Assert.Equal([1, 2], (await ws.ReceiveBytesAsync()).ToArray());
            Assert.Equal(new Point(3, 4), await ws.ReceiveJsonAsync(Json.Default.Point));
            await ws.SendAsync("text");
            await ws.SendAsync(new byte[] { 1, 2 });
            await ws.SendJsonAsync(new Point(3, 4), Json.Default.Point);
            await ws.SendAsync(WebSocketMessageType.Text, "a"u8.ToArray(), endOfMessage: false);
            await ws.PingAsync("p"u8.ToArray());
            await Assert.ThrowsAsync<InvalidOperationException>(async () => await ws.SendAsync("other"));
            await Assert.ThrowsAsync<InvalidOperationException>(async () => await ws.SendAsync(WebSocketMessageType.Binary, default, endOfMessage: true));
            await ws.SendAsync(WebSocketMessageType.Text, "b"u8.ToArray(), endOfMessage: false);
            await ws.SendAsync(WebSocketMessageType.Text, "c"u8.ToArray(), endOfMessage: true);
            await ws.PongAsync();
            await ws.SendAsync(new string('x', 100_000));
        });
        using var client = await WsClient.OpenAsync(server);
        await client.SendAsync(WsClient.Text("text"), WsClient.Frame(0x82, [1, 2]), WsClient.Text("""{"X":3,"Y":4}"""));
        await client.ExpectTextAsync("text");
        Assert.Equal([1, 2], (await client.ReadAsync()).Payload);
        await client.ExpectTextAsync("""{"X":3,"Y":4}""");
        foreach (var (first, text) in new[] { (0x01, "a"), (0x89, "p"), (0x00, "b"), (0x80, "c"), (0x8A, "") })
        {
            var frame = await client.ReadAsync();
            Assert.Equal((first, text), (frame.First, frame.Text));
        }
        await client.ExpectTextAsync(new string('x', 100_000));
        await client.ExpectCloseAsync(1000, answer: true);
    }

    [Theory]
    [InlineData(0x81, "no JSON", 1007)]
    [InlineData(0x82, "bytes", 1003)]
    public async Task A_message_that_is_not_what_was_asked_for_closes_and_is_no_error_of_the_handler(int first, string payload, int code)
    {
        await using var server = Handler(Kind.InMemory, async ws =>
        {
            if (code == 1007)
                await ws.ReceiveJsonAsync(Json.Default.Point);
            else
                await ws.ReceiveTextAsync();
        });
        using var client = await WsClient.OpenAsync(server);
        await client.SendAsync(WsClient.Frame(first, System.Text.Encoding.UTF8.GetBytes(payload)));
        await client.ExpectCloseAsync(code, answer: true);
    }

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task Sends_of_many_tasks_go_out_whole_and_those_of_one_in_order(Kind kind)
    {
        const int Tasks = 8;
        const int Each = 100;
        await using var server = Handler(kind, ws => Task.WhenAll(Enumerable.Range(0, Tasks).Select(task => Task.Run(async () =>
        {
            for (int i = 0; i < Each; i++)
                await ws.SendAsync($"{task} {i} {new string('x', i % 10 * 1000)}");
        }))));
        using var client = await WsClient.OpenAsync(server);
        var next = new int[Tasks];
        for (int n = 0; n < Tasks * Each; n++)
        {
            var parts = (await client.ReadAsync()).Text.Split(' ');
            int i = next[int.Parse(parts[0], null)]++;
            Assert.Equal((i, i % 10 * 1000), (int.Parse(parts[1], null), parts[2].Length));
        }
        await client.ExpectCloseAsync(1000, answer: true);
    }

    [Fact]
    public async Task A_client_that_does_not_read_makes_sends_wait_and_loses_its_connection_after_the_write_timeout()
    {
        var time = new FakeTimeProvider();
        int sent = 0;
        Exception? failure = null;
        await using var server = Handler(Kind.InMemory, async ws =>
        {
            failure = await Record.ExceptionAsync(async () =>
            {
                for (; sent < 1000; sent++)
                    await ws.SendAsync(new byte[10_000]);
            });
        }, new ServerOptions { TimeProvider = time });
        using var client = await WsClient.OpenAsync(server);
        Assert.InRange(sent, 1, 20);
        Assert.Null(failure);
        time.Advance(TimeSpan.FromSeconds(61));
        await server.ConnectionsEndedAsync();
        Assert.Equal(1006, Assert.IsType<WebSocketClosedException>(failure).Code);
    }

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task Row_196_pings_that_come_while_a_send_waits_are_answered_in_order_and_before_what_is_sent_later(Kind kind)
    {
        const int Large = 8 * 1024 * 1024;
        await using var server = Handler(kind, async ws =>
        {
            var sending = ws.SendAsync(new byte[Large]);
            await ws.SendAsync(await ws.ReceiveTextAsync());
            await sending;
        });
        using var client = await WsClient.OpenAsync(server);
        await client.SendAsync(WsClient.Frame(0x89, "1"u8), WsClient.Frame(0x89, "2"u8), WsClient.Frame(0x89, "3"u8), WsClient.Text("text"));
        Assert.Equal(Large, (await client.ReadAsync()).Payload.Length);
        foreach (var (first, text) in new[] { (0x8A, "1"), (0x8A, "2"), (0x8A, "3"), (0x81, "text") })
        {
            var frame = await client.ReadAsync();
            Assert.Equal((first, text), (frame.First, frame.Text));
        }
        await client.ExpectCloseAsync(1000, answer: true);
    }

    [Fact]
    public async Task A_receive_that_is_cancelled_or_comes_to_its_time_leaves_the_WebSocket_usable()
    {
        var time = new FakeTimeProvider();
        using var cancel = new CancellationTokenSource();
        await using var server = Handler(Kind.InMemory, async ws =>
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await ws.ReceiveAsync(cancel.Token));
            await Assert.ThrowsAsync<TimeoutException>(async () => await ws.ReceiveAsync());
            await ws.SendAsync(await ws.ReceiveTextAsync());
        }, new ServerOptions { TimeProvider = time }, () => new WebSocketResponse { ReceiveTimeout = TimeSpan.FromSeconds(3) });
        using var client = await WsClient.OpenAsync(server);
        await cancel.CancelAsync();
        time.Advance(TimeSpan.FromSeconds(3.1));
        await client.SendAsync(WsClient.Text("on"));
        await client.ExpectTextAsync("on");
        await client.ExpectCloseAsync(1000, answer: true);
    }

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task What_was_sent_leaves_also_when_further_messages_wait_and_the_handler_does_not_ask_for_them(Kind kind)
    {
        var gate = new Gate();
        await using var server = Handler(kind, async ws =>
        {
            await ws.SendAsync(await ws.ReceiveTextAsync());
            await gate.PassAsync();
        });
        using var client = await WsClient.OpenAsync(server);
        await client.SendAsync(WsClient.Text("one"), WsClient.Text("two"));
        await client.ExpectTextAsync("one");
        gate.Open();
        await client.ExpectCloseAsync(1000, answer: true);
    }

    [Fact]
    public async Task Misuse_throws_at_once_and_says_what_to_do()
    {
        Assert.Contains("PrepareAsync", Assert.Throws<InvalidOperationException>(() => { _ = new WebSocketResponse().SendAsync("x"); }).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => new WebSocketResponse { Heartbeat = TimeSpan.Zero });
        Assert.Throws<ArgumentOutOfRangeException>(() => new WebSocketResponse { MessageBytesMax = -1 });
        Assert.Throws<ArgumentException>(() => new WebSocketResponse { Protocols = ["a b"] });
        await using var server = Handler(Kind.InMemory, async ws =>
        {
            await Assert.ThrowsAsync<ArgumentException>(async () => await ws.CloseAsync(1005));
            await Assert.ThrowsAsync<ArgumentException>(async () => await ws.CloseAsync(1000, new string('x', 124)));
            await Assert.ThrowsAsync<ArgumentException>(async () => await ws.PingAsync(new byte[126]));
            await Assert.ThrowsAsync<ArgumentException>(async () => await ws.SendAsync(WebSocketMessageType.Close, default, true));
        });
        using var client = await WsClient.OpenAsync(server);
        await client.ExpectCloseAsync(1000, answer: true);
    }

    private static RunningServer Handler(Kind kind, Func<WebSocketResponse, Task> run, ServerOptions? options = null, Func<WebSocketResponse>? create = null) =>
        new(kind, [Get("/", async request =>
        {
            var ws = create?.Invoke() ?? new WebSocketResponse();
            await ws.PrepareAsync(request);
            await run(ws);
            return ws;
        })], options);

    internal sealed record Point(int X, int Y);

    [JsonSerializable(typeof(Point))]
    internal sealed partial class Json : JsonSerializerContext;
}
