using System.Net.WebSockets;

namespace Millrace.Tests.WebSockets;

/// <summary>The base library's client talks to the server: messages of many sizes, in fragments, and a close.</summary>
public sealed class OracleTests
{
    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task The_client_of_the_base_library_gets_everything_back(Kind kind)
    {
        await using var server = Echoes.Server(kind);
        var (raw, socket) = await ConnectAsync(server);
        using (raw)
        using (socket)
            await TalkAsync(socket, seed: (int)kind);
    }

    /// <summary>A client of the base library on a connection whose handshake is made by hand.</summary>
    /// <param name="server">Where.</param>
    /// <param name="fields">Further fields of the handshake.</param>
    /// <param name="agreed">How messages are compressed, by what the server says of it.</param>
    internal static async Task<(RawClient Raw, WebSocket Socket)> ConnectAsync(RunningServer server, string fields = "", Func<string, WebSocketDeflateOptions>? agreed = null)
    {
        var raw = await server.ConnectAsync();
        await raw.GetAsync("/", WsClient.Fields + fields);
        string head = await raw.ReadHeadAsync();
        Assert.StartsWith("HTTP/1.1 101 ", head, StringComparison.Ordinal);
        var deflate = agreed?.Invoke(new RawResponse(head, [])["Sec-WebSocket-Extensions"]!);
        return (raw, WebSocket.CreateFromStream(raw.Stream, new WebSocketCreationOptions { IsServer = false, DangerousDeflateOptions = deflate }));
    }

    internal static async Task TalkAsync(WebSocket socket, int seed, int messages = 60)
    {
        var random = new Random(seed);
        var received = new byte[300_000];
        using var limit = Deadline.Start();
        for (int n = 0; n < messages; n++)
        {
            var payload = Patterns.Bytes(random.Next(4) switch { 0 => random.Next(10), 1 => random.Next(300), 2 => random.Next(10_000), _ => random.Next(200_000) });
            if (n % 3 == 0)
                random.NextBytes(payload);
            var sending = Task.Run(async () =>
            {
                int split = random.Next(payload.Length + 1);
                await socket.SendAsync(payload.AsMemory(0, split), WebSocketMessageType.Binary, endOfMessage: false, limit.Token);
                await socket.SendAsync(payload.AsMemory(split), WebSocketMessageType.Binary, endOfMessage: true, limit.Token);
            });
            int count = 0;
            ValueWebSocketReceiveResult result;
            do
            {
                result = await socket.ReceiveAsync(received.AsMemory(count), limit.Token);
                count += result.Count;
            }
            while (!result.EndOfMessage);
            await sending;
            Assert.Equal(payload, received.AsSpan(0, count));
        }
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "done", limit.Token);
        Assert.Equal(WebSocketCloseStatus.NormalClosure, socket.CloseStatus);
    }
}
