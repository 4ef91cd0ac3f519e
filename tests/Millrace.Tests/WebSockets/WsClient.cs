using System.Buffers.Binary;
using System.Text;

namespace Millrace.Tests.WebSockets;

/// <summary>What a server sent: one frame, taken apart.</summary>
internal sealed record WsFrame(int First, byte[] Payload)
{
    public int Opcode => First & 0x0F;

    public bool IsFinal => (First & 0x80) != 0;

    public string Text => Encoding.UTF8.GetString(Payload);

    /// <summary>The code of a close frame; 1005 if it has none.</summary>
    public int Code => Payload.Length == 0 ? 1005 : BinaryPrimitives.ReadUInt16BigEndian(Payload);
}

/// <summary>A client that sends frames as a test wants them, right or wrong, and reads what comes back frame by frame.</summary>
internal sealed class WsClient(RawClient raw) : IDisposable
{
    public const string Key = "dGhlIHNhbXBsZSBub25jZQ==";
    public const string Fields = $"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {Key}\r\n";

    private static readonly byte[] Mask = [0x37, 0xFA, 0x21, 0x3D];

    public RawClient Raw => raw;

    /// <summary>The head of the answer to the handshake.</summary>
    public string Head { get; private set; } = "";

    /// <summary>Opens a WebSocket; <paramref name="early"/> goes out in one piece with the handshake.</summary>
    public static async Task<WsClient> OpenAsync(RunningServer server, string fields = "", byte[]? early = null)
    {
        var client = new WsClient(await server.ConnectAsync());
        await client.Raw.SendAsync((byte[])[.. Encoding.Latin1.GetBytes($"GET / HTTP/1.1\r\nHost: a\r\n{Fields}{fields}\r\n"), .. early ?? []]);
        client.Head = await client.Raw.ReadHeadAsync();
        Assert.StartsWith("HTTP/1.1 101 ", client.Head, StringComparison.Ordinal);
        return client;
    }

    /// <summary>One masked frame, with the length in the fewest bytes unless <paramref name="lengthBytes"/> says otherwise.</summary>
    public static byte[] Frame(int first, ReadOnlySpan<byte> payload, int? lengthBytes = null, bool mask = true)
    {
        int extra = lengthBytes ?? (payload.Length < 126 ? 0 : payload.Length <= ushort.MaxValue ? 2 : 8);
        var frame = new byte[2 + extra + (mask ? 4 : 0) + payload.Length];
        frame[0] = (byte)first;
        frame[1] = (byte)((mask ? 0x80 : 0) | (extra switch { 2 => 126, 8 => 127, _ => payload.Length }));
        if (extra == 2)
            BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(2), (ushort)payload.Length);
        if (extra == 8)
            BinaryPrimitives.WriteUInt64BigEndian(frame.AsSpan(2), (ulong)payload.Length);
        var body = frame.AsSpan(frame.Length - payload.Length);
        payload.CopyTo(body);
        if (mask)
        {
            Mask.CopyTo(frame.AsSpan(2 + extra));
            for (int i = 0; i < body.Length; i++)
                body[i] ^= Mask[i % 4];
        }
        return frame;
    }

    public static byte[] Text(string text) => Frame(0x81, Encoding.UTF8.GetBytes(text));

    public static byte[] Close(int code, string reason = "") => Frame(0x88, [(byte)(code >> 8), (byte)code, .. Encoding.UTF8.GetBytes(reason)]);

    public Task SendAsync(params byte[][] frames) => raw.SendAsync(frames.SelectMany(frame => frame).ToArray());

    public async Task<WsFrame> ReadAsync()
    {
        var head = await raw.ReadExactlyAsync(2);
        Assert.True((head[1] & 0x80) == 0, "A server does not mask.");
        long length = head[1];
        if (length == 126)
        {
            length = BinaryPrimitives.ReadUInt16BigEndian(await raw.ReadExactlyAsync(2));
            Assert.True(length >= 126);
        }
        else if (length == 127)
        {
            length = BinaryPrimitives.ReadInt64BigEndian(await raw.ReadExactlyAsync(8));
            Assert.True(length > ushort.MaxValue);
        }
        return new WsFrame(head[0], await raw.ReadExactlyAsync((int)length));
    }

    /// <summary>The next frame is this text, whole.</summary>
    public async Task ExpectTextAsync(string text)
    {
        var frame = await ReadAsync();
        Assert.Equal((0x81, text), (frame.First, frame.Text));
    }

    /// <summary>The next frame is a close with this code; then the server ends the connection.</summary>
    public async Task ExpectCloseAsync(int code, bool answer = false)
    {
        var frame = await ReadAsync();
        Assert.Equal((0x88, code), (frame.First, frame.Code));
        if (answer)
            await SendAsync(Frame(0x88, frame.Payload));
        await raw.ExpectEndAsync();
        raw.TryCompleteWrites();
    }

    public void Dispose() => raw.Dispose();
}
