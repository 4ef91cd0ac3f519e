using System.Net;
using System.Net.Sockets;

namespace Millrace.Transport;

/// <summary>Opens the listening socket; what is set on it, accepted sockets inherit on Linux.</summary>
/// <remarks>
/// A port that another socket listens on cannot be bound, one whose old connections are in TIME_WAIT can: on Unix .NET sets
/// SO_REUSEADDR when it binds, and Windows behaves so without it (there the option would let others take the port).
/// </remarks>
internal static class ListenSocket
{
    /// <summary>The address that stands for all interfaces: with IPv6 it takes IPv4 along.</summary>
    public static IPAddress AnyAddress => Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any;

    public static Socket Open(EndPoint endPoint, ListenOptions options)
    {
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, endPoint is IPEndPoint ? ProtocolType.Tcp : ProtocolType.Unspecified);
        try
        {
            if (endPoint is IPEndPoint ip)
            {
                // A response is written whole: waiting to fill a segment (Nagle) would only delay it.
                socket.NoDelay = true;
                if (ip.Address.Equals(IPAddress.IPv6Any))
                    socket.DualMode = true;
                if (options.ReusePort)
                    SetReusePort(socket);
            }
            socket.Blocking = false;
            socket.Bind(endPoint);
            socket.Listen(options.Backlog);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static void SetReusePort(Socket socket)
    {
        // SOL_SOCKET and SO_REUSEPORT have no name in .NET and other numbers on each system.
        var (level, name) = OperatingSystem.IsLinux() ? (1, 15)
            : OperatingSystem.IsMacOS() || OperatingSystem.IsFreeBSD() ? (0xffff, 0x200)
            : throw new PlatformNotSupportedException("This system has no SO_REUSEPORT: one process listens on a port. Leave ListenOptions.ReusePort off.");
        socket.SetRawSocketOption(level, name, BitConverter.GetBytes(1));
    }
}
