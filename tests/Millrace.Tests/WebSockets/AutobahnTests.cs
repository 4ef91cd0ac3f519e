using System.Globalization;
using System.Net.WebSockets;
using System.Text;

namespace Millrace.Tests.WebSockets;

/// <summary>The Autobahn suite against the handler of <c>samples/Echo</c>: sections 1 to 7, 9, 10, 12 and 13 (reference 5.10, row 215). Its section 8 is empty.</summary>
public sealed class AutobahnTests
{
    private const int MessageBytesMax = 16 * 1024 * 1024;
    private const int OneMegabyte = 1024 * 1024;

    private static readonly Dictionary<string, AutobahnCase> Cases = AutobahnCase.All();

    public static TheoryData<string> Sections => ["1.", "2.", "3.", "4.", "5.", "6.", "7.", "10."];

    [Theory]
    [MemberData(nameof(Sections))]
    public async Task Row_215_every_case_is_answered_alike_whole_by_frames_and_byte_by_byte(string section)
    {
        await using var server = Server(Kind.InMemory);
        var cases = Cases.Where(one => one.Key.StartsWith(section, StringComparison.Ordinal)).ToArray();
        Assert.NotEmpty(cases);
        foreach (var (id, one) in cases)
        {
            byte[] whole = [.. one.Pieces.SelectMany(piece => piece)];
            await RunAsync(server, id, one, [whole]);
            await RunAsync(server, $"{id} by frames", one, one.Pieces);
            if (whole.Length < 1000)
                await RunAsync(server, $"{id} byte by byte", one, whole.Chunk(1));
        }
    }

    [Theory]
    [InlineData(Kind.Epoll)]
    [InlineData(Kind.Sockets)]
    public async Task Row_215_section_9_large_messages_come_back_whole_and_in_fragments(Kind kind)
    {
        await using var server = Server(kind);
        using var client = await WsClient.OpenAsync(server);
        byte[] text = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("BAsd7&jh23", MessageBytesMax / 10 + 1))[..MessageBytesMax]);
        // 9.1, 9.2: messages of one frame.
        foreach (var (first, size) in new[] { (0x81, 64 * 1024), (0x82, 256 * 1024), (0x81, OneMegabyte), (0x82, 4 * OneMegabyte), (0x81, MessageBytesMax) })
            await EchoAsync(client, WsClient.Frame(first, text.AsSpan(0, size)), first, text.AsMemory(0, size));
        // 9.3, 9.4: 4 MB in frames of 64 bytes and more.
        foreach (int fragment in new[] { 64, 1024, 64 * 1024, OneMegabyte })
            await EchoAsync(client, InFragments(0x02, text.AsSpan(0, 4 * OneMegabyte), fragment), 0x82, text.AsMemory(0, 4 * OneMegabyte));
    }

    [Theory]
    [InlineData(Kind.Epoll, 0x81)]
    [InlineData(Kind.Sockets, 0x82)]
    public async Task Row_215_section_9_a_message_of_a_megabyte_comes_in_small_chops_and_a_thousand_messages_in_turn(Kind kind, int first)
    {
        await using var server = Server(kind);
        using var client = await WsClient.OpenAsync(server);
        byte[] content = Encoding.ASCII.GetBytes(new string('*', OneMegabyte));
        // 9.5, 9.6.
        foreach (int chop in new[] { 128, 2048 })
            await EchoAsync(client, WsClient.Frame(first, content), first, content, chop);
        // 9.7, 9.8.
        foreach (int size in new[] { 0, 16, 256, 4096 })
        {
            byte[] frame = WsClient.Frame(first, content.AsSpan(0, size));
            for (int i = 0; i < 1000; i++)
            {
                await client.Raw.SendAsync(frame);
                var echo = await client.ReadAsync();
                Assert.Equal((first, size), (echo.First, echo.Payload.Length));
            }
        }
        await client.SendAsync(WsClient.Close(1000));
        await client.ExpectCloseAsync(1000);
    }

    public static TheoryData<Kind, string, int> Compressions()
    {
        string[] offers =
        [
            "permessage-deflate; client_max_window_bits",
            "permessage-deflate; client_no_context_takeover; server_no_context_takeover; client_max_window_bits",
            "permessage-deflate; client_max_window_bits=9; server_max_window_bits=9",
            "permessage-deflate; client_max_window_bits=15; server_max_window_bits=15",
            "permessage-deflate; server_no_context_takeover; server_max_window_bits=9; client_max_window_bits",
            "permessage-deflate; server_no_context_takeover; server_max_window_bits=15; client_max_window_bits",
            "permessage-deflate; server_no_context_takeover; server_max_window_bits=9; other, permessage-deflate; server_no_context_takeover; client_max_window_bits, permessage-deflate",
        ];
        var data = new TheoryData<Kind, string, int>();
        for (int i = 0; i < offers.Length; i++)
        {
            data.Add(Kind.Epoll, offers[i], i + 1);
            data.Add(i % 2 == 0 ? Kind.InMemory : Kind.Sockets, offers[i], i + 1);
        }
        return data;
    }

    [Theory]
    [MemberData(nameof(Compressions))]
    public async Task Row_215_sections_12_and_13_messages_of_every_size_come_back_compressed_in_every_variant(Kind kind, string offer, int variant)
    {
        await using var server = Server(kind);
        var (raw, socket) = await OracleTests.ConnectAsync(server, $"Sec-WebSocket-Extensions: {offer}\r\n", AgreedOn);
        using var rawOfSocket = raw;
        using var disposed = socket;
        using var limit = Deadline.Start();
        byte[] received = new byte[131072];
        foreach (int size in new[] { 16, 64, 256, 1024, 4096, 8192, 16384, 32768, 65536, 131072 })
        {
            // 1000 messages each in the suite.
            for (int n = 0; n < 3; n++)
            {
                byte[] content = Json(size, seed: variant + n);
                var sending = SendAsync(socket, content, n == 0 ? content.Length : 256 + (variant * 100), limit.Token);
                int count = 0;
                ValueWebSocketReceiveResult result;
                do
                    count += (result = await socket.ReceiveAsync(received.AsMemory(count), limit.Token)).Count;
                while (!result.EndOfMessage);
                await sending;
                Assert.Equal(WebSocketMessageType.Text, result.MessageType);
                Assert.Equal(content, received.AsSpan(0, count));
            }
        }
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, limit.Token);
    }

    /// <summary>The options of <c>samples/Echo</c>.</summary>
    private static RunningServer Server(Kind kind) => Echoes.Server(kind, () => new WebSocketResponse
    {
        MessageBytesMax = MessageBytesMax,
        MessageCompression = new WebSocketCompression { KeepServerContext = true, KeepClientContext = true },
    });

    private static async Task RunAsync(RunningServer server, string id, AutobahnCase one, IEnumerable<byte[]> pieces)
    {
        using var client = await WsClient.OpenAsync(server);
        var sending = Task.Run(async () =>
        {
            foreach (byte[] piece in pieces)
            {
                // What is sent behind a fault may meet a connection that has ended.
                if (!await client.Raw.TrySendAsync(piece))
                    return;
            }
            if (one.Code is null)
                await client.SendAsync(WsClient.Close(1000));
        });
        foreach (var (first, payload) in one.Expected)
        {
            var frame = await client.ReadAsync();
            Assert.True(first == frame.First && payload.AsSpan().SequenceEqual(frame.Payload), $"{id}: {frame.First:x} {frame.Text}");
        }
        var close = await client.ReadAsync();
        Assert.True((0x88, one.Code ?? 1000) == (close.First, close.Code), $"{id}: {close.First:x} {close.Text} {close.Code}");
        await client.Raw.ExpectEndAsync();
        await sending;
        client.Raw.TryCompleteWrites();
    }

    private static async Task EchoAsync(WsClient client, byte[] frames, int first, ReadOnlyMemory<byte> content, int chop = int.MaxValue)
    {
        var sending = Task.Run(async () =>
        {
            for (int i = 0; i < frames.Length; i += Math.Min(chop, frames.Length))
                await client.Raw.SendAsync(frames.AsMemory(i, Math.Min(chop, frames.Length - i)));
        });
        var echo = await client.ReadAsync();
        await sending;
        Assert.Equal(first, echo.First);
        Assert.True(content.Span.SequenceEqual(echo.Payload));
    }

    /// <summary>A message cut into frames of one size, in one piece.</summary>
    private static byte[] InFragments(int opcode, ReadOnlySpan<byte> content, int size)
    {
        var frames = new MemoryStream();
        for (int i = 0; i < content.Length; i += size)
            frames.Write(WsClient.Frame((i == 0 ? opcode : 0) | (i + size >= content.Length ? 0x80 : 0), content.Slice(i, Math.Min(size, content.Length - i))));
        return frames.ToArray();
    }

    private static async Task SendAsync(WebSocket socket, byte[] content, int fragment, CancellationToken cancellationToken)
    {
        for (int i = 0; i < content.Length; i += fragment)
        {
            int count = Math.Min(fragment, content.Length - i);
            await socket.SendAsync(content.AsMemory(i, count), WebSocketMessageType.Text, i + count == content.Length, cancellationToken);
        }
    }

    /// <summary>What the client's own machine is told, from the answer of the server.</summary>
    internal static WebSocketDeflateOptions AgreedOn(string answer)
    {
        Assert.StartsWith("permessage-deflate", answer, StringComparison.Ordinal);
        int Bits(string name) => answer.Split($"{name}_max_window_bits=") is [_, var rest] ? int.Parse(rest.Split(';')[0], CultureInfo.InvariantCulture) : 15;
        return new WebSocketDeflateOptions
        {
            ServerContextTakeover = !answer.Contains("server_no_context_takeover", StringComparison.Ordinal),
            ClientContextTakeover = !answer.Contains("client_no_context_takeover", StringComparison.Ordinal),
            ServerMaxWindowBits = Bits("server"),
            ClientMaxWindowBits = Bits("client"),
        };
    }

    private static byte[] Json(int size, int seed)
    {
        var random = new Random(seed);
        var text = new StringBuilder();
        while (text.Length < size)
            text.Append(CultureInfo.InvariantCulture, $$"""{"id":{{random.Next(1000)}},"name":"user{{random.Next(50)}}","tags":["a","b"],"score":{{random.Next()}}},""");
        return Encoding.ASCII.GetBytes(text.ToString(0, size));
    }
}
