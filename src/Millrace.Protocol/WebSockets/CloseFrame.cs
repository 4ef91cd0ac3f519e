using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;

namespace Millrace.Protocol.WebSockets;

/// <summary>What a client's close frame says (RFC 6455 section 5.5.1).</summary>
internal readonly record struct CloseFrame(int Code, string Reason)
{
    public static WebSocketFault Read(ReadOnlySpan<byte> payload, out CloseFrame frame)
    {
        frame = new CloseFrame(CloseCodes.None, "");
        if (payload.IsEmpty)
            return WebSocketFault.None;
        if (payload.Length < sizeof(ushort))
            return WebSocketFault.CloseTooShort;
        int code = BinaryPrimitives.ReadUInt16BigEndian(payload);
        if (!CloseCodes.MayBeSent(code))
            return WebSocketFault.CloseCode;
        var reason = payload[sizeof(ushort)..];
        if (!Utf8.IsValid(reason))
            return WebSocketFault.NotUtf8;
        frame = new CloseFrame(code, Encoding.UTF8.GetString(reason));
        return WebSocketFault.None;
    }
}
