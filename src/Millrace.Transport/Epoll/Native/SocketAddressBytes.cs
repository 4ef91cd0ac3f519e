using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Millrace.Transport.Epoll.Native;

/// <summary>A peer's address as the kernel wrote it: kept as bytes until somebody asks, because few handlers do.</summary>
[InlineArray(Length)]
internal struct SocketAddressBytes
{
    /// <summary>Room for sockaddr_in6, the longest that is read.</summary>
    public const int Length = 28;

    private byte _first;

    /// <summary>The address in .NET's words, IPv4-mapped ones as IPv4; null for a peer without one (a Unix socket).</summary>
    public static EndPoint? ToEndPoint(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 2)
            return null;
        var address = new SocketAddress(AddressFamily.Unspecified, Math.Max(bytes.Length, 16));
        bytes.CopyTo(address.Buffer.Span);
        IPEndPoint? shape = address.Family switch
        {
            AddressFamily.InterNetwork => new IPEndPoint(IPAddress.Any, 0),
            AddressFamily.InterNetworkV6 => new IPEndPoint(IPAddress.IPv6Any, 0),
            _ => null,
        };
        if (shape is null)
            return null;
        var endPoint = (IPEndPoint)shape.Create(address);
        return endPoint.Address.IsIPv4MappedToIPv6 ? new IPEndPoint(endPoint.Address.MapToIPv4(), endPoint.Port) : endPoint;
    }
}
