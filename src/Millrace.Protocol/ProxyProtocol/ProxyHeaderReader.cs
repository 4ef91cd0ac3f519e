using System.Net;
using System.Text;
using Millrace.Protocol.Semantics;

namespace Millrace.Protocol.ProxyProtocol;

/// <summary>
/// The header that a proxy puts in front of a forwarded connection: the PROXY protocol, version 1 (a line of text) and 2 (binary), as HAProxy
/// defines them.
///
/// It stands in front of everything, also of TLS, so it is read once, from bytes that begin with the first one of the connection. The
/// caller shows the same bytes again, a little longer each time, until the header is whole or refused. Whoever may send it
/// can claim any address: the caller asks only connections from proxies it was told to trust, and of those it demands
/// the header, since one that is sometimes there could be sent by a client through a proxy that adds none.
/// </summary>
internal static class ProxyHeaderReader
{
    /// <summary>Bytes of the longest line of version 1 with its CRLF, by its definition.</summary>
    public const int LineBytesMax = 107;

    /// <summary>Bytes of the longest header of version 2 that is taken: its addresses and room for the extensions proxies send.</summary>
    public const int BinaryBytesMax = 16 + 2048;

    private const int BinaryFixedBytes = 16;

    private static ReadOnlySpan<byte> Signature => "\r\n\r\n\0\r\nQUIT\n"u8;

    private static ReadOnlySpan<byte> LineStart => "PROXY "u8;

    /// <summary>Reads the header; <paramref name="length"/> is what it takes of <paramref name="bytes"/> when it is complete.</summary>
    public static ReadResult Read(ReadOnlySpan<byte> bytes, out ProxyHeader header, out int length)
    {
        header = default;
        length = 0;
        if (bytes.StartsWith(Signature))
            return ReadBinary(bytes, out header, out length);
        if (bytes.StartsWith(LineStart))
            return ReadLine(bytes, out header, out length);
        bool mayBecomeOne = Signature.StartsWith(bytes) || LineStart.StartsWith(bytes);
        return mayBecomeOne ? ReadResult.NeedMore : ReadResult.Fault;
    }

    private static ReadResult ReadLine(ReadOnlySpan<byte> bytes, out ProxyHeader header, out int length)
    {
        header = default;
        length = 0;
        int end = bytes[..Math.Min(bytes.Length, LineBytesMax)].IndexOf("\r\n"u8);
        if (end < 0)
            return bytes.Length < LineBytesMax ? ReadResult.NeedMore : ReadResult.Fault;
        length = end + 2;
        Span<Range> parts = stackalloc Range[6];
        var line = bytes[LineStart.Length..end];
        int count = Split(line, parts);
        if (line[parts[0]].SequenceEqual("UNKNOWN"u8))
            return ReadResult.Complete;
        bool isV6 = line[parts[0]].SequenceEqual("TCP6"u8);
        if (count != 5 || !(isV6 || line[parts[0]].SequenceEqual("TCP4"u8)))
            return ReadResult.Fault;
        if (!TryAddress(line[parts[1]], isV6, out var source) || !TryAddress(line[parts[2]], isV6, out var destination)
            || !TryPort(line[parts[3]], out int sourcePort) || !TryPort(line[parts[4]], out int destinationPort))
            return ReadResult.Fault;
        header = new ProxyHeader(Plain(source, sourcePort), Plain(destination, destinationPort));
        return ReadResult.Complete;
    }

    private static ReadResult ReadBinary(ReadOnlySpan<byte> bytes, out ProxyHeader header, out int length)
    {
        header = default;
        length = 0;
        if (bytes.Length < BinaryFixedBytes)
            return ReadResult.NeedMore;
        // Version in the upper half, command in the lower: 0 speaks for the proxy itself, 1 forwards.
        byte versionAndCommand = bytes[12], family = bytes[13];
        int rest = bytes[14] << 8 | bytes[15];
        if (versionAndCommand is not (0x20 or 0x21) || BinaryFixedBytes + rest > BinaryBytesMax)
            return ReadResult.Fault;
        if (bytes.Length < BinaryFixedBytes + rest)
            return ReadResult.NeedMore;
        length = BinaryFixedBytes + rest;
        if (versionAndCommand == 0x20)
            return ReadResult.Complete;
        // 0x11: TCP over IPv4, 0x21: TCP over IPv6. Others (datagrams, Unix sockets, unspecified) carry no address for us.
        int addressBytes = family switch { 0x11 => 4, 0x21 => 16, _ => 0 };
        if (addressBytes == 0)
            return ReadResult.Complete;
        if (rest < 2 * addressBytes + 4)
            return ReadResult.Fault;
        var addresses = bytes.Slice(BinaryFixedBytes, 2 * addressBytes + 4);
        var ports = addresses[(2 * addressBytes)..];
        header = new ProxyHeader(
            Plain(new IPAddress(addresses[..addressBytes]), ports[0] << 8 | ports[1]),
            Plain(new IPAddress(addresses.Slice(addressBytes, addressBytes)), ports[2] << 8 | ports[3]));
        return ReadResult.Complete;
    }

    // As addresses of the system come: one client is one client, however its proxy writes it.
    private static IPEndPoint Plain(IPAddress address, int port) => new(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address, port);

    // What does not fit into the parts shows in their count.
    private static int Split(ReadOnlySpan<byte> line, Span<Range> parts)
    {
        int count = 0;
        foreach (var part in line.Split((byte)' '))
        {
            if (count == parts.Length)
                break;
            parts[count++] = part;
        }
        return count;
    }

    private static bool TryAddress(ReadOnlySpan<byte> text, bool isV6, out IPAddress address)
    {
        address = IPAddress.None;
        // IPAddress takes more than the definition does: octal, hexadecimal, short forms, zones. Those bytes do not pass here.
        if (text.IsEmpty || text.ContainsAnyExcept(isV6 ? "0123456789abcdefABCDEF:."u8 : "0123456789."u8) || (!isV6 && text.Count((byte)'.') != 3))
            return false;
        foreach (var part in text.Split((byte)'.'))
        {
            if (!isV6 && text[part].Length > 1 && text[part][0] == '0')
                return false;
        }
        // Without a colon .NET would read an address of IPv4 where IPv6 was announced.
        return isV6 == text.Contains((byte)':') && IPAddress.TryParse(Encoding.ASCII.GetString(text), out address!);
    }

    private static bool TryPort(ReadOnlySpan<byte> text, out int port)
    {
        port = 0;
        if (text.Length is 0 or > 5 || (text.Length > 1 && text[0] == '0'))
            return false;
        foreach (byte digit in text)
        {
            if (!AsciiSets.IsDigit(digit))
                return false;
            port = port * 10 + (digit - '0');
        }
        return port <= 65535;
    }
}
