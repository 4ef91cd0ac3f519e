using System.Text.Json;
using System.Text.Json.Serialization;

namespace Millrace.Tests.WebSockets;

/// <summary>One message to many WebSockets.</summary>
public sealed partial class HubTests
{
    [Fact]
    public async Task A_message_to_5000_is_serialised_once_and_a_stuck_reader_delays_nobody()
    {
        const int Sockets = 5000;
        const int Messages = 3;
        var hub = new WebSocketHub { QueuedMessagesMax = Messages };
        await using var server = Server(Kind.InMemory, hub, pipeCapacity: 2048);
        var clients = new WsClient[Sockets];
        for (int i = 0; i < Sockets; i++)
            clients[i] = await WsClient.OpenAsync(server);
        Assert.Equal(Sockets, hub.Count("all"));
        CountingConverter.Writes = 0;
        string text = $"\"{new string('x', 1000)}\"";
        for (int n = 0; n < Messages; n++)
        {
            Assert.Equal(Sockets, hub.SendJson("all", new Payload(new string('x', 1000)), HubJson.Default.Payload));
            // The first client reads nothing until the end: its pipe is full after the first message.
            foreach (var client in clients.AsSpan(1))
                Assert.Equal(1006, client.Raw.InMemory.ReadAvailable(new byte[2048]));
        }
        Assert.Equal(Messages, CountingConverter.Writes);
        for (int n = 0; n < Messages; n++)
            await clients[0].ExpectTextAsync(text);
        foreach (var client in clients)
            client.Dispose();
        await server.ConnectionsEndedAsync();
        Assert.Equal(0, hub.Count("all"));
        Assert.Equal(0, hub.Send("all", "nobody"));
    }

    [Fact]
    public async Task A_slow_reader_is_closed_with_1013_when_its_queue_is_full()
    {
        var hub = new WebSocketHub { QueuedMessagesMax = 2 };
        await using var server = Server(Kind.InMemory, hub, pipeCapacity: 1024);
        using var client = await WsClient.OpenAsync(server);
        for (int n = 0; n < 6; n++)
            hub.Send("all", new string((char)('0' + n), 1000));
        await client.ExpectTextAsync(new string('0', 1000));
        WsFrame frame;
        while ((frame = await client.ReadAsync()).Opcode == 1)
        {
        }
        Assert.Equal(1013, frame.Code);
    }

    [Fact]
    public async Task A_long_queue_is_sent_without_a_deep_stack()
    {
        const int Messages = 50_000;
        var hub = new WebSocketHub { QueuedMessagesMax = Messages };
        await using var server = Server(Kind.InMemory, hub, pipeCapacity: 8 * 1024 * 1024);
        using var client = await WsClient.OpenAsync(server);
        // The first fills the pipe; when it is read, all the others fit.
        hub.Send("all", new string('x', 9 * 1024 * 1024));
        for (int n = 0; n < Messages; n++)
            hub.Send("all", "message");
        Assert.Equal(9 * 1024 * 1024, (await client.ReadAsync()).Payload.Length);
        for (int n = 0; n < Messages; n++)
            await client.ExpectTextAsync("message");
    }

    [Fact]
    public async Task Or_the_oldest_of_its_messages_are_dropped()
    {
        var hub = new WebSocketHub { QueuedMessagesMax = 2, SlowReaders = SlowReaderPolicy.DropOldest };
        await using var server = Server(Kind.InMemory, hub, pipeCapacity: 1024);
        using var client = await WsClient.OpenAsync(server);
        for (int n = 0; n < 8; n++)
            hub.Send("all", new string((char)('0' + n), 1000));
        var seen = new List<char>();
        while (seen.Count == 0 || seen[^1] != '7')
            seen.Add((await client.ReadAsync()).Text[0]);
        Assert.Equal('0', seen[0]);
        Assert.Equal(['6', '7'], seen.TakeLast(2));
        Assert.InRange(seen.Count, 3, 5);
    }

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task Rooms_are_apart_and_the_sender_may_be_left_out(Kind kind)
    {
        var hub = new WebSocketHub();
        await using var server = new RunningServer(kind, [Get("/{room}", async request =>
        {
            var ws = new WebSocketResponse();
            await ws.PrepareAsync(request);
            string room = request.Match["room"];
            using var membership = hub.Join(room, ws);
            await ws.SendAsync("in");
            await foreach (var message in ws)
                hub.Send(room, message.Text, except: ws);
            return ws;
        })]);
        var clients = new List<WsClient>();
        foreach (string room in new[] { "a", "a", "b" })
        {
            var client = new WsClient(await server.ConnectAsync());
            await client.Raw.GetAsync($"/{room}", WsClient.Fields);
            await client.Raw.ReadHeadAsync();
            await client.ExpectTextAsync("in");
            clients.Add(client);
        }
        await clients[0].SendAsync(WsClient.Text("to a"));
        await clients[1].ExpectTextAsync("to a");
        await clients[1].SendAsync(WsClient.Text("back"));
        await clients[0].ExpectTextAsync("back");
        Assert.Equal(1, hub.Send("b", new byte[] { 1 }.AsSpan()));
        Assert.Equal([1], (await clients[2].ReadAsync()).Payload);
        clients.ForEach(client => client.Dispose());
        await server.ConnectionsEndedAsync();
        Assert.Equal((0, 0), (hub.Count("a"), hub.Count("b")));
    }

    [Fact]
    public void A_WebSocket_that_is_not_open_cannot_join() =>
        Assert.Throws<InvalidOperationException>(() => new WebSocketHub().Join("a", new WebSocketResponse()));

    private static RunningServer Server(Kind kind, WebSocketHub hub, int pipeCapacity) => new(kind, RunningServer.HandlerOf([Get("/", async request =>
    {
        var ws = new WebSocketResponse();
        await ws.PrepareAsync(request);
        using var membership = hub.Join("all", ws);
        await foreach (var message in ws)
            hub.Send("all", message.Text);
        return ws;
    })]), pipeCapacity: pipeCapacity);

    [JsonConverter(typeof(CountingConverter))]
    internal sealed record Payload(string Text);

    internal sealed class CountingConverter : JsonConverter<Payload>
    {
        public static int Writes { get; set; }

        public override Payload Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => new(reader.GetString()!);

        public override void Write(Utf8JsonWriter writer, Payload value, JsonSerializerOptions options)
        {
            Writes++;
            writer.WriteStringValue(value.Text);
        }
    }

    [JsonSerializable(typeof(Payload))]
    internal sealed partial class HubJson : JsonSerializerContext;
}
