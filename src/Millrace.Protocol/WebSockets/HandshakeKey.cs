using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Millrace.Protocol.WebSockets;

/// <summary>The proof that a server speaks WebSocket (RFC 6455 section 4.2.2).</summary>
internal static class HandshakeKey
{
    private const int KeyCharacters = 24;
    private const int KeyBytes = 16;

    /// <summary>True for 16 bytes in base64 (RFC 6455 section 4.2.1).</summary>
    public static bool IsProper(ReadOnlySpan<char> key) =>
        key.Length == KeyCharacters && Base64.IsValid(key, out int bytes) && bytes == KeyBytes && !key.ContainsAny(" \t\r\n");

    /// <summary>The value of Sec-WebSocket-Accept. SHA-1 is what the standard asks for, and hides nothing here.</summary>
    public static string Accept(string key)
    {
        Span<byte> hash = stackalloc byte[SHA1.HashSizeInBytes];
        SHA1.HashData(Encoding.ASCII.GetBytes(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"), hash);
        return Convert.ToBase64String(hash);
    }
}
