using System.Text;

namespace Millrace.Tests.WebSockets;

/// <summary>Messages and faults over the wire (RFC 6455 section 5; reference 5.10, rows 194 to 204), as the Autobahn suite asks for them.</summary>
public sealed class FramingTests
{
    private static readonly int[] Sizes = [0, 1, 124, 125, 126, 127, 128, 4000, 4090, 4096, 5000, 65535, 65536, 100_000];

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task Row_194_text_and_binary_of_every_length_come_back(Kind kind)
    {
        await using var server = Echoes.Server(kind);
        using var client = await WsClient.OpenAsync(server);
        foreach (int size in Sizes)
        {
            var text = Encoding.ASCII.GetBytes(new string('*', size));
            foreach (var (first, payload) in new[] { (0x81, text), (0x82, Patterns.Bytes(size)) })
            {
                var sending = client.SendAsync(WsClient.Frame(first, payload));
                var echo = await client.ReadAsync();
                await sending;
                Assert.Equal(first, echo.First);
                Assert.Equal(payload, echo.Payload);
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(997)]
    public async Task Row_194_frames_come_back_however_they_were_cut(int chop)
    {
        await using var server = Echoes.Server(Kind.InMemory);
        using var client = await WsClient.OpenAsync(server);
        byte[] all = [.. WsClient.Text("hello"), .. WsClient.Frame(0x89, "p"u8), .. WsClient.Frame(0x82, Patterns.Bytes(70_000)), .. WsClient.Text("κόσμε€😀"), .. WsClient.Close(1000)];
        var sending = Task.Run(async () =>
        {
            for (int i = 0; i < all.Length; i += chop)
                await client.Raw.SendAsync(all.AsMemory(i, Math.Min(chop, all.Length - i)));
        });
        await client.ExpectTextAsync("hello");
        Assert.Equal(0x8A, (await client.ReadAsync()).First);
        Assert.Equal(Patterns.Bytes(70_000), (await client.ReadAsync()).Payload);
        await client.ExpectTextAsync("κόσμε€😀");
        await client.ExpectCloseAsync(1000);
        await sending;
    }

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task Row_196_a_ping_is_answered_with_its_payload(Kind kind)
    {
        await using var server = Echoes.Server(kind);
        using var client = await WsClient.OpenAsync(server);
        foreach (int size in new[] { 0, 5, 125 })
        {
            await client.SendAsync(WsClient.Frame(0x89, Patterns.Bytes(size)));
            var pong = await client.ReadAsync();
            Assert.Equal(0x8A, pong.First);
            Assert.Equal(Patterns.Bytes(size), pong.Payload);
        }
        // Ten in one piece, and pongs that nobody asked for.
        await client.SendAsync([.. Enumerable.Range(0, 10).Select(i => WsClient.Frame(0x89, [(byte)i])), WsClient.Frame(0x8A, "?"u8), WsClient.Text("end")]);
        for (int i = 0; i < 10; i++)
            Assert.Equal(i, (await client.ReadAsync()).Payload[0]);
        await client.ExpectTextAsync("end");
    }

    public static TheoryData<string, int, byte[]> Faults()
    {
        var data = new TheoryData<string, int, byte[]>
        {
            { "195 unmasked", 1002, WsClient.Frame(0x81, "a"u8, mask: false) },
            { "195 unmasked control", 1002, WsClient.Frame(0x89, "a"u8, mask: false) },
            { "196 ping of 126", 1002, WsClient.Frame(0x89, new byte[126]) },
            { "196 fragmented ping", 1002, WsClient.Frame(0x09, "a"u8) },
            { "197 continuation of nothing", 1002, WsClient.Frame(0x80, "a"u8) },
            { "197 continuation of nothing, not final", 1002, WsClient.Frame(0x00, "a"u8) },
            { "197 text inside text", 1002, [.. WsClient.Frame(0x01, "a"u8), .. WsClient.Frame(0x81, "b"u8)] },
            { "197 binary inside text", 1002, [.. WsClient.Frame(0x01, "a"u8), .. WsClient.Frame(0x82, "b"u8)] },
            { "203 16-bit length below 126", 1002, WsClient.Frame(0x81, "a"u8, lengthBytes: 2) },
            { "203 64-bit length below 65536", 1002, WsClient.Frame(0x82, new byte[65535], lengthBytes: 8) },
            { "202 length of 2^63", 1002, [0x82, 0xFF, 0x80, 0, 0, 0, 0, 0, 0, 0] },
            { "202 length of 2^63 - 1", 1009, [0x82, 0xFF, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF] },
            { "199 bad UTF-8", 1007, WsClient.Frame(0x81, [0xCE, 0xBA, 0xE1, 0xBD, 0xB9, 0xCF, 0x83, 0xCE, 0xBC, 0xCE, 0xB5, 0xED, 0xA0, 0x80, 0x65]) },
            { "199 UTF-8 that ends too early", 1007, WsClient.Frame(0x81, [0x61, 0xF0, 0x9F, 0x98]) },
            { "199 bad UTF-8 across fragments", 1007, [.. WsClient.Frame(0x01, [0xED]), .. WsClient.Frame(0x00, [0xA0])] },
            // The rest of the frame never comes: it is wrong already.
            { "199 bad UTF-8 early in a long message", 1007, [.. WsClient.Frame(0x81, [.. "abc"u8, 0xF4, 0x90, .. new byte[60_000]])[..20]] },
            { "201 close of one byte", 1002, WsClient.Frame(0x88, [3]) },
            { "201 close with bad UTF-8", 1007, WsClient.Frame(0x88, [0x03, 0xE8, 0xFF]) },
            { "201 close of 126", 1002, WsClient.Frame(0x88, new byte[126]) },
        };
        foreach (int bit in new[] { 0x10, 0x20, 0x40, 0x70 })
        {
            data.Add($"197 reserved bits {bit:x}", 1002, WsClient.Frame(0x81 | bit, "a"u8));
            data.Add($"197 reserved bits {bit:x} of a ping", 1002, WsClient.Frame(0x89 | bit, "a"u8));
        }
        foreach (int opcode in new[] { 3, 4, 5, 6, 7, 11, 12, 13, 14, 15 })
            data.Add($"197 opcode {opcode}", 1002, WsClient.Frame(0x80 | opcode, []));
        foreach (int code in new[] { 0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535 })
            data.Add($"201 close code {code}", 1002, WsClient.Close(code));
        return data;
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Rows_195_to_203_a_fault_closes_with_its_code_and_nothing_behind_it_is_read(string fault, int code, byte[] bytes)
    {
        int? seen = null;
        await using var server = Echoes.Server(Kind.InMemory, onEnd: ws => seen = ws.CloseCode);
        using var client = await WsClient.OpenAsync(server);
        await client.SendAsync(WsClient.Text("before"), bytes, WsClient.Text("behind"));
        await client.ExpectTextAsync("before");
        await client.ExpectCloseAsync(code);
        await server.ConnectionsEndedAsync();
        Assert.True(code == seen, fault);
    }

    [Theory]
    [InlineData(Kind.Epoll)]
    [InlineData(Kind.Sockets)]
    public async Task Rows_195_to_203_a_fault_reaches_the_client_also_when_it_goes_on_sending(Kind kind)
    {
        await using var server = Echoes.Server(kind);
        using var client = await WsClient.OpenAsync(server);
        await client.SendAsync(WsClient.Frame(0x83, []), WsClient.Frame(0x82, new byte[200_000]));
        await client.ExpectCloseAsync(1002);
    }

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task Row_198_a_ping_between_fragments_is_answered_before_the_message(Kind kind)
    {
        await using var server = Echoes.Server(kind);
        using var client = await WsClient.OpenAsync(server);
        await client.SendAsync(WsClient.Frame(0x01, "frag"u8), WsClient.Frame(0x89, "p"u8), WsClient.Frame(0x00, []), WsClient.Frame(0x80, "ment"u8));
        Assert.Equal(0x8A, (await client.ReadAsync()).First);
        await client.ExpectTextAsync("fragment");
    }

    [Theory]
    [InlineData("")]
    [InlineData("κόσμε")]
    [InlineData("Hello-µ@ßöäüàá-UTF-8!!")]
    [InlineData("\u0000\u007F\u0080\u07FF\u0800\uFFFF\U00010000\U0010FFFF\uFFFE\uFFFD\uD7FF\uE000")]
    public async Task Row_199_good_UTF_8_passes_wherever_it_is_cut(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        await using var server = Echoes.Server(Kind.InMemory);
        using var client = await WsClient.OpenAsync(server);
        for (int i = 0; i <= bytes.Length; i++)
        {
            await client.SendAsync(WsClient.Frame(0x01, bytes.AsSpan(0, i)), WsClient.Frame(0x80, bytes.AsSpan(i)));
            await client.ExpectTextAsync(text);
        }
        await client.SendAsync([.. bytes.Select((value, i) => WsClient.Frame(i == 0 ? 0x01 : 0x00, [value])), WsClient.Frame(bytes.Length == 0 ? 0x81 : 0x80, [])]);
        await client.ExpectTextAsync(text);
    }

    [Fact]
    public async Task Row_202_a_message_of_the_greatest_size_passes_and_one_byte_more_is_1009()
    {
        await using var server = Echoes.Server(Kind.InMemory, () => new WebSocketResponse { MessageBytesMax = 1000 });
        foreach (bool isFragmented in new[] { false, true })
        {
            using var client = await WsClient.OpenAsync(server);
            byte[] Of(int size) => isFragmented
                ? [.. WsClient.Frame(0x02, new byte[600]), .. WsClient.Frame(0x80, new byte[size - 600])]
                : WsClient.Frame(0x82, new byte[size]);
            await client.SendAsync(Of(1000));
            Assert.Equal(1000, (await client.ReadAsync()).Payload.Length);
            // Judged by the header alone: the payload never comes.
            await client.SendAsync(Of(1001)[..^390]);
            await client.ExpectCloseAsync(1009);
        }
    }

    [Fact]
    public async Task Row_204_a_message_of_endless_tiny_fragments_is_1009()
    {
        await using var server = Echoes.Server(Kind.InMemory, () => new WebSocketResponse { MessageBytesMax = 100_000 });
        using var client = await WsClient.OpenAsync(server);
        var fragments = Enumerable.Repeat(WsClient.Frame(0x00, "a"u8), 5000).SelectMany(frame => frame).ToArray();
        var sending = client.SendAsync(WsClient.Frame(0x01, "a"u8), fragments);
        await client.ExpectCloseAsync(1009);
        await sending;
    }

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task Large_messages_come_back_whole_and_in_fragments(Kind kind)
    {
        const int Size = 2 * 1024 * 1024;
        await using var server = Echoes.Server(kind);
        using var client = await WsClient.OpenAsync(server);
        var payload = Patterns.Bytes(Size);
        foreach (int piece in new[] { Size, 64 * 1024, 1000 })
        {
            var sending = Task.Run(async () =>
            {
                for (int i = 0; i < Size; i += piece)
                {
                    int length = Math.Min(piece, Size - i);
                    await client.SendAsync(WsClient.Frame((i == 0 ? 2 : 0) | (i + length == Size ? 0x80 : 0), payload.AsSpan(i, length)));
                }
            });
            var echo = await client.ReadAsync();
            await sending;
            Assert.Equal(payload, echo.Payload);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task Many_messages_in_one_piece_come_back_in_order(Kind kind)
    {
        const int Count = 3000;
        await using var server = Echoes.Server(kind);
        using var client = await WsClient.OpenAsync(server);
        var sending = client.SendAsync([.. Enumerable.Range(0, Count).Select(i => WsClient.Text($"message {i}"))]);
        for (int i = 0; i < Count; i++)
            await client.ExpectTextAsync($"message {i}");
        await sending;
    }
}
