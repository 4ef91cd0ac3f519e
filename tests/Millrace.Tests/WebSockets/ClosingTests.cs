using System.Net.WebSockets;
using Microsoft.Extensions.Time.Testing;

namespace Millrace.Tests.WebSockets;

/// <summary>How a WebSocket ends (RFC 6455 section 7; reference 5.10, rows 200 and 208 to 214).</summary>
public sealed class ClosingTests
{
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(10);

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task Row_200_the_clients_code_comes_back_and_the_server_ends_the_connection(Kind kind)
    {
        var seen = new List<(int?, string)>();
        await using var server = Echoes.Server(kind, onEnd: ws => seen.Add((ws.CloseCode, ws.CloseReason)));
        foreach (var (code, reason) in new[] { (1000, ""), (1001, "bye"), (3000, ""), (4999, new string('x', 123)) })
        {
            using var client = await WsClient.OpenAsync(server);
            await client.SendAsync(WsClient.Close(code, reason), WsClient.Text("behind"));
            await client.ExpectCloseAsync(code);
        }
        using var empty = await WsClient.OpenAsync(server);
        await empty.SendAsync(WsClient.Frame(0x88, []));
        await empty.ExpectCloseAsync(1005);
        Assert.Equal([(1000, ""), (1001, "bye"), (3000, ""), (4999, new string('x', 123)), (1005, "")], seen);
    }

    [Fact]
    public async Task Row_208_a_silent_client_is_pinged_and_dropped_half_the_time_later()
    {
        int? code = null;
        var time = new FakeTimeProvider();
        await using var server = Echoes.Server(Kind.InMemory, () => new WebSocketResponse { Heartbeat = Heartbeat }, new ServerOptions { TimeProvider = time }, ws => code = ws.CloseCode);
        using var client = await WsClient.OpenAsync(server);
        for (int i = 0; i < 3; i++)
        {
            time.Advance(Heartbeat - TimeSpan.FromSeconds(1));
            await client.SendAsync(WsClient.Text("alive"));
            await client.ExpectTextAsync("alive");
        }
        time.Advance(Heartbeat + TimeSpan.FromMilliseconds(50));
        Assert.Equal(0x89, (await client.ReadAsync()).First);
        await client.SendAsync(WsClient.Frame(0x8A, []));
        time.Advance(Heartbeat + TimeSpan.FromMilliseconds(50));
        Assert.Equal(0x89, (await client.ReadAsync()).First);
        time.Advance(Heartbeat / 2 + TimeSpan.FromMilliseconds(50));
        await client.Raw.ExpectResetAsync();
        await server.ConnectionsEndedAsync();
        Assert.Equal(1006, code);
    }

    [Fact]
    public async Task Row_209_a_large_message_under_way_counts_as_life()
    {
        var time = new FakeTimeProvider();
        await using var server = Echoes.Server(Kind.InMemory, () => new WebSocketResponse { Heartbeat = Heartbeat }, new ServerOptions { TimeProvider = time });
        using var client = await WsClient.OpenAsync(server);
        var frame = WsClient.Frame(0x82, Patterns.Bytes(50_000));
        for (int i = 0; i < frame.Length; i += 5000)
        {
            await client.Raw.SendAsync(frame.AsMemory(i, Math.Min(5000, frame.Length - i)));
            time.Advance(Heartbeat - TimeSpan.FromSeconds(1));
        }
        Assert.Equal(50_000, (await client.ReadAsync()).Payload.Length);
    }

    [Fact]
    public async Task Row_210_a_client_that_does_not_answer_a_close_is_dropped_after_the_time_for_it()
    {
        int? code = null;
        var time = new FakeTimeProvider();
        await using var server = new RunningServer(Kind.InMemory, [Get("/", async request =>
        {
            var ws = new WebSocketResponse { CloseTimeout = TimeSpan.FromSeconds(5) };
            await ws.PrepareAsync(request);
            await ws.CloseAsync(3000, "enough");
            code = ws.CloseCode;
            return ws;
        })], new ServerOptions { TimeProvider = time });
        using var client = await WsClient.OpenAsync(server);
        Assert.Equal(3000, (await client.ReadAsync()).Code);
        time.Advance(TimeSpan.FromSeconds(4));
        Assert.Null(code);
        time.Advance(TimeSpan.FromSeconds(1.1));
        await client.Raw.ExpectResetAsync();
        await server.ConnectionsEndedAsync();
        Assert.Equal(1006, code);
    }

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task Row_211_what_comes_behind_the_servers_close_is_thrown_away(Kind kind)
    {
        int? code = null;
        await using var server = new RunningServer(kind, [Get("/", async request =>
        {
            var ws = new WebSocketResponse();
            await ws.PrepareAsync(request);
            await ws.CloseAsync(4000, "enough");
            code = ws.CloseCode;
            await Assert.ThrowsAsync<WebSocketClosedException>(async () => await ws.SendAsync("late"));
            Assert.Equal(WebSocketMessageType.Close, (await ws.ReceiveAsync()).Type);
            return ws;
        })]);
        using var client = await WsClient.OpenAsync(server);
        var close = await client.ReadAsync();
        Assert.Equal((4000, "enough"), (close.Code, System.Text.Encoding.UTF8.GetString(close.Payload.AsSpan(2))));
        await client.SendAsync(WsClient.Text("one"), WsClient.Frame(0x82, new byte[100_000]), WsClient.Frame(0x89, []), WsClient.Close(4000));
        await client.Raw.ExpectEndAsync();
        client.Raw.CompleteWrites();
        await server.ConnectionsEndedAsync();
        Assert.Equal(4000, code);
    }

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task Row_212_closes_from_two_tasks_and_from_both_sides_meet(Kind kind)
    {
        await using var server = new RunningServer(kind, [Get("/", async request =>
        {
            var ws = new WebSocketResponse();
            await ws.PrepareAsync(request);
            var receiving = ws.ReceiveAsync().AsTask();
            await Task.WhenAll(ws.CloseAsync(4001).AsTask(), Task.Run(() => ws.CloseAsync(4001).AsTask()));
            Assert.True((await receiving).IsClose);
            Assert.Equal(4001, ws.CloseCode);
            return ws;
        })]);
        using var client = await WsClient.OpenAsync(server, early: WsClient.Close(4001));
        await client.ExpectCloseAsync(4001);
    }

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task Row_213_a_connection_that_drops_ends_the_iteration_with_1006(Kind kind)
    {
        var codes = new System.Collections.Concurrent.ConcurrentQueue<int?>();
        await using var server = Echoes.Server(kind, onEnd: ws => codes.Enqueue(ws.CloseCode));
        using (var ended = await WsClient.OpenAsync(server, early: WsClient.Text("half")[..3]))
        {
            ended.Raw.CompleteWrites();
            await server.ConnectionsEndedAsync();
        }
        using (var reset = await WsClient.OpenAsync(server))
            reset.Raw.Reset();
        await server.ConnectionsEndedAsync();
        Assert.Equal([1006, 1006], codes);
    }

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task Row_214_a_server_that_stops_closes_each_with_1001(Kind kind)
    {
        var codes = new System.Collections.Concurrent.ConcurrentQueue<int?>();
        await using var server = Echoes.Server(kind, onEnd: ws => codes.Enqueue(ws.CloseCode));
        var clients = new List<WsClient>();
        for (int i = 0; i < 20; i++)
            clients.Add(await WsClient.OpenAsync(server));
        var stopping = server.StopAsync();
        foreach (var client in clients)
        {
            await client.ExpectCloseAsync(1001, answer: true);
            client.Dispose();
        }
        await stopping;
        Assert.Equal(Enumerable.Repeat<int?>(1001, 20), codes);
    }

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task A_handler_that_returns_closes_with_1000_and_one_that_fails_with_1011(Kind kind)
    {
        await using var server = new RunningServer(kind,
        [
            Get("/", async request =>
            {
                var ws = new WebSocketResponse();
                await ws.PrepareAsync(request);
                Assert.Equal("go", await ws.ReceiveTextAsync());
                return request.Headers.Contains("X-Fail") ? throw new InvalidOperationException("mine") : ws;
            }),
        ]);
        using var good = await WsClient.OpenAsync(server);
        await good.SendAsync(WsClient.Text("go"));
        await good.ExpectCloseAsync(1000, answer: true);
        using var bad = await WsClient.OpenAsync(server, "X-Fail: 1\r\n");
        await bad.SendAsync(WsClient.Text("go"));
        await bad.ExpectCloseAsync(1011, answer: true);
        await server.ConnectionsEndedAsync();
        Assert.Equal("mine", server.Log.TakeOne().Exception!.Message);
    }

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task A_handler_that_returns_while_it_receives_in_the_background_leaves_nothing_behind(Kind kind)
    {
        Task<WebSocketMessage>? left = null;
        await using var server = new RunningServer(kind, [Get("/", async request =>
        {
            var ws = new WebSocketResponse();
            await ws.PrepareAsync(request);
            left = ws.ReceiveAsync().AsTask();
            await Assert.ThrowsAsync<InvalidOperationException>(async () => await ws.ReceiveAsync());
            return ws;
        })]);
        using var client = await WsClient.OpenAsync(server);
        await client.ExpectCloseAsync(1000, answer: true);
        await server.ConnectionsEndedAsync();
        Assert.True((await left!.InTime()).IsClose);
    }
}
