using System.Buffers.Binary;
using System.Text;

namespace Millrace.Protocol.WebSockets;

/// <summary>Writes what stands in front of a server's payload: it is not masked (RFC 6455 section 5.1).</summary>
internal static class FrameWriter
{
    public const int HeaderBytesMax = 10;

    /// <summary>Most bytes of the reason in a close frame, behind its code.</summary>
    public const int ReasonBytesMax = FrameReader.ControlBytesMax - sizeof(ushort);

    /// <summary>Writes a header; returns its length.</summary>
    public static int WriteHeader(Span<byte> destination, Opcode opcode, bool isFinal, bool isCompressed, long length)
    {
        destination[0] = (byte)((isFinal ? 0x80 : 0) | (isCompressed ? 0x40 : 0) | (int)opcode);
        if (length < 126)
        {
            destination[1] = (byte)length;
            return 2;
        }
        if (length <= ushort.MaxValue)
        {
            destination[1] = 126;
            BinaryPrimitives.WriteUInt16BigEndian(destination[2..], (ushort)length);
            return 4;
        }
        destination[1] = 127;
        BinaryPrimitives.WriteUInt64BigEndian(destination[2..], (ulong)length);
        return 10;
    }

    /// <summary>Writes the payload of a close frame: nothing for <see cref="CloseCodes.None"/>. Returns its length.</summary>
    public static int WriteClose(Span<byte> destination, int code, string reason)
    {
        if (code == CloseCodes.None)
            return 0;
        BinaryPrimitives.WriteUInt16BigEndian(destination, (ushort)code);
        return sizeof(ushort) + Encoding.UTF8.GetBytes(reason, destination[sizeof(ushort)..]);
    }
}
