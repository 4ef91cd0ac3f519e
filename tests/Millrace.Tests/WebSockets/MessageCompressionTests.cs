using System.IO.Compression;
using System.Net.WebSockets;
using System.Text;

namespace Millrace.Tests.WebSockets;

/// <summary>permessage-deflate over the wire (RFC 7692; reference 5.10, rows 193 and 204).</summary>
public sealed class MessageCompressionTests
{
    private const string Offer = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n";

    // RFC 7692 section 7.2.3.1.
    private static readonly byte[] Hello = [0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00];

    public static TheoryData<Kind, string, bool, bool> Variants()
    {
        var data = new TheoryData<Kind, string, bool, bool>();
        foreach (var kind in new[] { Kind.Epoll, Kind.Sockets, Kind.InMemory })
        {
            foreach (string window in new[] { "", "; server_max_window_bits=9; client_max_window_bits=9", "; server_max_window_bits=12; client_max_window_bits=10" })
            {
                data.Add(kind, window, true, true);
                data.Add(kind, window, false, false);
            }
            data.Add(kind, "; client_no_context_takeover", true, false);
            data.Add(kind, "; server_no_context_takeover", false, true);
        }
        return data;
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public async Task Row_193_the_client_of_the_base_library_gets_everything_back_in_every_variant(Kind kind, string parameters, bool serverContext, bool clientContext)
    {
        await using var server = Echoes.Server(kind, () => new WebSocketResponse
        {
            MessageCompression = new WebSocketCompression { KeepServerContext = serverContext, KeepClientContext = clientContext },
        });
        string fields = $"Sec-WebSocket-Extensions: permessage-deflate{parameters}\r\n";
        var (raw, socket) = await OracleTests.ConnectAsync(server, fields, AutobahnTests.AgreedOn);
        using (raw)
        using (socket)
            await OracleTests.TalkAsync(socket, seed: (int)kind, messages: 25);
        await server.ConnectionsEndedAsync();
        Assert.Equal(0, server.Rented);
    }

    [Theory]
    [InlineData(Kind.Epoll, true)]
    [InlineData(Kind.Epoll, false)]
    [InlineData(Kind.Sockets, true)]
    [InlineData(Kind.Sockets, false)]
    public async Task Row_193_the_base_librarys_own_handshake_is_answered(Kind kind, bool keepContexts)
    {
        bool agreed = false;
        await using var server = Echoes.Server(kind, () => new WebSocketResponse
        {
            MessageCompression = new WebSocketCompression { KeepServerContext = keepContexts, KeepClientContext = keepContexts },
        }, onEnd: ws => agreed = ws.IsCompressed);
        using var socket = new ClientWebSocket();
        socket.Options.DangerousDeflateOptions = new WebSocketDeflateOptions { ServerMaxWindowBits = 11, ServerContextTakeover = false, ClientMaxWindowBits = 12 };
        using var limit = Deadline.Start();
        await socket.ConnectAsync(new Uri($"ws://127.0.0.1:{server.EndPoint.Port}/"), limit.Token);
        await OracleTests.TalkAsync(socket, seed: 7, messages: 25);
        await server.ConnectionsEndedAsync();
        Assert.True(agreed);
    }

    [Theory]
    [InlineData("", null)]
    [InlineData("Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=16\r\n", null)]
    [InlineData("Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=x\r\n", null)]
    [InlineData("Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=8\r\n", "permessage-deflate; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=8")]
    [InlineData("Sec-WebSocket-Extensions: permessage-deflate; mystery\r\nSec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=9\r\n", "permessage-deflate; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=9")]
    [InlineData("Sec-WebSocket-Extensions: x, permessage-deflate; client_max_window_bits=15\r\n", "permessage-deflate; server_no_context_takeover; client_no_context_takeover")]
    public async Task Row_193_an_offer_is_answered_or_declined_and_the_WebSocket_opens_either_way(string fields, string? answer)
    {
        bool? agreed = null;
        await using var server = Echoes.Server(Kind.InMemory, Compressing, onEnd: ws => agreed = ws.IsCompressed);
        using var client = await WsClient.OpenAsync(server, fields);
        Assert.Equal(answer, new RawResponse(client.Head, [])["Sec-WebSocket-Extensions"]);
        await client.SendAsync(WsClient.Text("plain"));
        await client.ExpectTextAsync("plain");
        await client.SendAsync(WsClient.Close(1000));
        await client.ExpectCloseAsync(1000);
        await server.ConnectionsEndedAsync();
        Assert.Equal(answer is not null, agreed);
    }

    [Fact]
    public async Task Row_193_a_malformed_offer_is_400_and_off_means_off()
    {
        await using var server = Echoes.Server(Kind.InMemory);
        var refused = await server.AskAsync($"GET / HTTP/1.1\r\nHost: a\r\n{WsClient.Fields}Sec-WebSocket-Extensions: permessage-deflate; a=\r\n\r\n");
        Assert.Equal(400, refused.Status);
        using var client = await WsClient.OpenAsync(server, Offer);
        Assert.Null(new RawResponse(client.Head, [])["Sec-WebSocket-Extensions"]);
        await client.SendAsync(WsClient.Frame(0xC1, Hello));
        await client.ExpectCloseAsync(1002);
    }

    [Fact]
    public async Task Compressed_messages_come_whole_and_in_fragments_and_large_ones_go_back_compressed()
    {
        await using var server = Echoes.Server(Kind.InMemory, Compressing);
        using var client = await WsClient.OpenAsync(server, Offer);
        await client.SendAsync(WsClient.Frame(0xC1, Hello));
        await client.ExpectTextAsync("Hello");
        for (int i = 0; i <= Hello.Length; i++)
        {
            await client.SendAsync(WsClient.Frame(0x41, Hello.AsSpan(0, i)), WsClient.Frame(0x89, "p"u8), WsClient.Frame(0x00, []), WsClient.Frame(0x80, Hello.AsSpan(i)));
            Assert.Equal(0x8A, (await client.ReadAsync()).First);
            await client.ExpectTextAsync("Hello");
        }
        // One not compressed, an empty one in either form, one of a final block.
        await client.SendAsync(WsClient.Text("plain"), WsClient.Frame(0xC2, [0]), WsClient.Frame(0xC1, []), WsClient.Frame(0xC1, [0xF3, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00, 0x00]));
        await client.ExpectTextAsync("plain");
        Assert.Equal(0x82, (await client.ReadAsync()).First);
        await client.ExpectTextAsync("");
        await client.ExpectTextAsync("Hello");
        foreach (int size in new[] { 63, 64, 5000, 100_000 })
        {
            var payload = Patterns.Bytes(size);
            await client.SendAsync(WsClient.Frame(0xC2, Deflated(payload)));
            var echo = await client.ReadAsync();
            Assert.Equal(size < 64 ? 0x82 : 0xC2, echo.First);
            Assert.Equal(payload, size < 64 ? echo.Payload : Inflated(echo.Payload));
        }
        await Deadline.UntilAsync(() => server.Rented == 0, "the return of every buffer");
    }

    public static TheoryData<string, int, byte[]> Faults() => new()
    {
        { "RSV1 of a continuation", 1002, [.. WsClient.Frame(0x41, Hello.AsSpan(0, 2)), .. WsClient.Frame(0xC0, Hello.AsSpan(2))] },
        { "RSV1 of a ping", 1002, WsClient.Frame(0xC9, Hello) },
        { "RSV1 of a close", 1002, WsClient.Frame(0xC8, [3, 0xE8]) },
        { "RSV2", 1002, WsClient.Frame(0xA1, Hello) },
        { "RSV1 and RSV3", 1002, WsClient.Frame(0xD1, Hello) },
        { "no DEFLATE", 1007, WsClient.Frame(0xC2, [0xFF, 0xFF]) },
        { "DEFLATE that is cut off", 1007, WsClient.Frame(0xC2, Hello.AsSpan(0, 3)) },
        { "a reference to a message before", 1007, [.. WsClient.Frame(0xC2, Hello), .. WsClient.Frame(0xC2, [0xF2, 0x00, 0x11, 0x00, 0x00])] },
        { "a text that is not UTF-8", 1007, WsClient.Frame(0xC1, Deflated([0x61, 0xFF])) },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task A_fault_closes_with_its_code(string fault, int code, byte[] bytes)
    {
        int? seen = null;
        await using var server = Echoes.Server(Kind.InMemory, Compressing, onEnd: ws => seen = ws.CloseCode);
        using var client = await WsClient.OpenAsync(server, Offer);
        await client.SendAsync(bytes, WsClient.Text("behind"));
        WsFrame frame;
        while ((frame = await client.ReadAsync()).Opcode == 2)
        {
        }
        Assert.Equal((0x88, code), (frame.First, frame.Code));
        await client.Raw.ExpectEndAsync();
        client.Raw.TryCompleteWrites();
        await server.ConnectionsEndedAsync();
        Assert.True(code == seen, fault);
        Assert.Equal(0, server.Rented);
    }

    [Fact]
    public async Task Row_204_a_message_inflates_to_the_limit_and_one_byte_more_is_1009()
    {
        const int Limit = 100_000;
        await using var server = Echoes.Server(Kind.InMemory, () => new WebSocketResponse { MessageBytesMax = Limit, MessageCompression = new WebSocketCompression() });
        foreach (byte[] content in new[] { new byte[Limit], Noise(Limit) })
        {
            using var client = await WsClient.OpenAsync(server, Offer);
            var sending = client.SendAsync(WsClient.Frame(0xC2, Deflated(content)));
            var echo = await client.ReadAsync();
            await sending;
            Assert.Equal(content, Inflated(echo.Payload));
            sending = client.SendAsync(WsClient.Frame(0xC2, Deflated([.. content, 0])));
            await client.ExpectCloseAsync(1009);
            await sending;
        }
        // A hundred megabytes of nothing take as much memory as the limit, and no more.
        using var bomber = await WsClient.OpenAsync(server, Offer);
        var bomb = Deflated(new byte[100 * 1024 * 1024], CompressionLevel.Optimal);
        Assert.InRange(bomb.Length, 1, Limit + 10_000);
        long before = GC.GetTotalAllocatedBytes();
        var bombing = bomber.SendAsync(WsClient.Frame(0xC2, bomb));
        await bomber.ExpectCloseAsync(1009);
        await bombing;
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 20_000_000);
    }

    [Fact]
    public async Task What_is_sent_in_fragments_is_compressed_as_one_message()
    {
        const WebSocketMessageType Text = WebSocketMessageType.Text;
        string large = Patterns.Text(5000);
        await using var server = new RunningServer(Kind.InMemory, [Get("/", async request =>
        {
            var ws = Compressing();
            await ws.PrepareAsync(request);
            await ws.SendAsync(Text, Encoding.UTF8.GetBytes(large), endOfMessage: false);
            await ws.PingAsync();
            await ws.SendAsync(Text, "b"u8.ToArray(), endOfMessage: false);
            await ws.SendAsync(Text, default, endOfMessage: true);
            await ws.SendAsync(Text, "small first"u8.ToArray(), endOfMessage: false);
            await ws.SendAsync(Text, Encoding.UTF8.GetBytes(large), endOfMessage: true);
            await ws.SendAsync(large);
            return ws;
        })]);
        using var client = await WsClient.OpenAsync(server, Offer);
        var frames = new List<WsFrame>();
        for (int i = 0; i < 7; i++)
            frames.Add(await client.ReadAsync());
        Assert.Equal([0x41, 0x89, 0x00, 0x80, 0x01, 0x80, 0xC1], frames.Select(frame => frame.First));
        Assert.Equal(large + "b", Encoding.UTF8.GetString(Inflated([.. frames[0].Payload, .. frames[2].Payload, .. frames[3].Payload])));
        Assert.Equal(large, frames[5].Text);
        Assert.Equal(large, Encoding.UTF8.GetString(Inflated(frames[6].Payload)));
        await client.ExpectCloseAsync(1000, answer: true);
    }

    [Fact]
    public async Task A_hub_compresses_once_for_all_who_agreed_and_a_context_of_the_servers_starts_anew_behind_it()
    {
        var hub = new WebSocketHub();
        string shared = string.Concat(Enumerable.Range(0, 50).Select(i => $"{{\"shared\":{i}}}"));
        bool keeps = false;
        await using var server = new RunningServer(Kind.InMemory, [Get("/", async request =>
        {
            var ws = new WebSocketResponse { MessageCompression = new WebSocketCompression { KeepServerContext = keeps } };
            await ws.PrepareAsync(request);
            using var membership = hub.Join("all", ws);
            await foreach (var message in ws)
                await ws.SendAsync(message);
            return ws;
        })]);
        using var plain = await WsClient.OpenAsync(server);
        using var one = await WsClient.OpenAsync(server, Offer);
        using var two = await WsClient.OpenAsync(server, Offer);
        keeps = true;
        var (raw, keeping) = await OracleTests.ConnectAsync(server, Offer, AutobahnTests.AgreedOn);
        using var rawOfKeeping = raw;
        using var socket = keeping;
        using var limit = Deadline.Start();
        byte[] own = Encoding.UTF8.GetBytes(shared.Replace("shared", "own", StringComparison.Ordinal));
        byte[] buffer = new byte[10_000];
        for (int n = 0; n < 3; n++)
        {
            await socket.SendAsync(own, WebSocketMessageType.Text, endOfMessage: true, limit.Token);
            var echo = await socket.ReceiveAsync(buffer.AsMemory(), limit.Token);
            Assert.Equal(own, buffer.AsSpan(0, echo.Count));
            Assert.Equal(4, hub.Send("all", shared));
            Assert.Equal(shared, Encoding.UTF8.GetString(buffer, 0, (await socket.ReceiveAsync(buffer.AsMemory(), limit.Token)).Count));
            await plain.ExpectTextAsync(shared);
            var (first, second) = (await one.ReadAsync(), await two.ReadAsync());
            Assert.Equal((0xC1, 0xC1), (first.First, second.First));
            Assert.Equal(first.Payload, second.Payload);
            Assert.Equal(shared, Encoding.UTF8.GetString(Inflated(first.Payload)));
        }
    }

    [Fact]
    public void Options_are_checked_at_once()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new WebSocketCompression { ClientWindowBits = 8 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new WebSocketCompression { ClientWindowBits = 16 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new WebSocketCompression { MessageBytesMin = -1 });
    }

    private static WebSocketResponse Compressing() => new() { MessageCompression = new WebSocketCompression() };

    private static byte[] Noise(int count)
    {
        byte[] noise = new byte[count];
        new Random(1).NextBytes(noise);
        return noise;
    }

    /// <summary>Content as a client sends it, by the base library.</summary>
    internal static byte[] Deflated(byte[] content, CompressionLevel level = CompressionLevel.Fastest)
    {
        using var output = new MemoryStream();
        using var deflate = new DeflateStream(output, level, leaveOpen: true);
        deflate.Write(content);
        deflate.Flush();
        return output.ToArray()[..^4];
    }

    internal static byte[] Inflated(byte[] message)
    {
        using var inflate = new DeflateStream(new MemoryStream([.. message, 0x00, 0x00, 0xFF, 0xFF]), CompressionMode.Decompress);
        using var content = new MemoryStream();
        inflate.CopyTo(content);
        return content.ToArray();
    }
}
