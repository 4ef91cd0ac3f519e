using System.Numerics;
using System.Runtime.InteropServices;

namespace Millrace.Protocol.WebSockets;

/// <summary>The masking of payloads (RFC 6455 section 5.3), which is its own reverse.</summary>
internal static class FrameMask
{
    /// <summary>Applies the four bytes of <paramref name="key"/>, in memory order, from its first one on; returns the key as it stands behind the last byte.</summary>
    public static uint Apply(Span<byte> bytes, uint key)
    {
        int done = 0;
        if (bytes.Length >= Vector<byte>.Count)
        {
            var keys = Vector.AsVectorByte(new Vector<uint>(key));
            for (; done <= bytes.Length - Vector<byte>.Count; done += Vector<byte>.Count)
            {
                var piece = bytes.Slice(done, Vector<byte>.Count);
                (new Vector<byte>(piece) ^ keys).CopyTo(piece);
            }
        }
        var words = MemoryMarshal.Cast<byte, uint>(bytes[done..]);
        for (int i = 0; i < words.Length; i++)
            words[i] ^= key;
        done += words.Length * sizeof(uint);
        for (; done < bytes.Length; done++)
        {
            bytes[done] ^= FirstByte(key);
            key = BitConverter.IsLittleEndian ? BitOperations.RotateRight(key, 8) : BitOperations.RotateLeft(key, 8);
        }
        return key;
    }

    private static byte FirstByte(uint key) => BitConverter.IsLittleEndian ? (byte)key : (byte)(key >> 24);
}
