using System.Net.Sockets;

namespace Millrace.Transport.Sockets;

/// <summary>What the system says about a TCP connection without reading from it.</summary>
/// <remarks>
/// Only this tells that the peer's last byte has come while earlier bytes lie unread: peeking sees the bytes in front.
/// Each system has its own numbers for the states of RFC 9293.
/// </remarks>
internal static class TcpState
{
    private const int IpProtocolTcp = 6;
    private const int LinuxTcpInfo = 11;
    private const int MacTcpConnectionInfo = 0x106;
    private const int WindowsTcpInfo = unchecked((int)0xD8000027);
    private const int WindowsTcpInfoLength = 136;

    /// <summary>True if the peer has sent FIN or RST; false also where the system does not tell.</summary>
    public static bool HasPeerEnded(Socket socket)
    {
        if (socket.ProtocolType != ProtocolType.Tcp)
            return false;
        try
        {
            if (OperatingSystem.IsWindows())
                return IsEndedOnWindows(socket);
            Span<byte> state = stackalloc byte[1];
            _ = socket.GetRawSocketOption(IpProtocolTcp, OperatingSystem.IsMacOS() ? MacTcpConnectionInfo : LinuxTcpInfo, state);
            // Linux: TIME_WAIT, CLOSE, CLOSE_WAIT, LAST_ACK, CLOSING. BSD: CLOSED, CLOSE_WAIT, CLOSING, LAST_ACK, TIME_WAIT.
            return OperatingSystem.IsMacOS() ? state[0] is 0 or 5 or 7 or 8 or 10 : state[0] is 6 or 7 or 8 or 9 or 11;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static bool IsEndedOnWindows(Socket socket)
    {
        var info = new byte[WindowsTcpInfoLength];
        _ = socket.IOControl(WindowsTcpInfo, new byte[sizeof(int)], info);
        // CLOSED, CLOSE_WAIT, CLOSING, LAST_ACK, TIME_WAIT.
        return BitConverter.ToInt32(info) is 0 or 7 or 8 or 9 or 10;
    }
}
