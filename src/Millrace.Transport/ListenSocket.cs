using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Millrace.Transport;

/// <summary>A listening socket; what is set on it, accepted sockets inherit on Linux.</summary>
/// <remarks>
/// A port that another socket listens on cannot be bound, one whose old connections are in TIME_WAIT can: on Unix .NET sets
/// SO_REUSEADDR when it binds, and Windows behaves so without it (there the option would let others take the port).
/// </remarks>
internal sealed class ListenSocket
{
    private const int SOL_SOCKET = 1;
    private const int SO_REUSEPORT = 15;
    private const int SO_ATTACH_FILTER = 26;

    // Handshakes that were under way when newcomers were turned away end within this.
    private static readonly TimeSpan HandshakesEnd = TimeSpan.FromMilliseconds(100);

    private readonly ListenOptions? _own;

    private ListenSocket(Socket socket, ListenOptions? own)
    {
        Socket = socket;
        _own = own;
    }

    /// <summary>The address that stands for all interfaces: with IPv6 it takes IPv4 along.</summary>
    public static IPAddress AnyAddress => Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any;

    public Socket Socket { get; }

    public static ListenSocket Open(EndPoint endPoint, ListenOptions options)
    {
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, endPoint is IPEndPoint ? ProtocolType.Tcp : ProtocolType.Unspecified);
        try
        {
            if (endPoint is IPEndPoint ip)
            {
                SetForResponses(socket);
                if (ip.Address.Equals(IPAddress.IPv6Any))
                    socket.DualMode = true;
                if (options.ReusePort)
                    SetReusePort(socket);
            }
            socket.Blocking = false;
            socket.Bind(endPoint);
            socket.Listen(options.Backlog);
            return new ListenSocket(socket, options);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Takes a bound socket that came from outside; it listens from here on if it did not yet.</summary>
    /// <exception cref="SocketException">It is no socket that can listen.</exception>
    public static ListenSocket Adopt(Socket socket, ListenOptions options)
    {
        try
        {
            socket.Blocking = false;
            if (socket.ProtocolType == ProtocolType.Tcp)
                SetForResponses(socket);
            if ((int)socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.AcceptConnection)! == 0)
                socket.Listen(options.Backlog);
            // Whoever it came from may have given it to others: nothing is set on it that they would feel.
            return new ListenSocket(socket, own: null);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Before a socket closes: who asks to connect now is not heard and asks again, to be refused then, or given to another process that shares the port.
    /// Closing without this would reset who connects between the last accept and the close. Linux only; elsewhere nothing happens.
    /// </summary>
    public async ValueTask TurnNewcomersAwayAsync(TimeProvider timeProvider)
    {
        bool isHeard = _own is null || Socket.ProtocolType != ProtocolType.Tcp || !OperatingSystem.IsLinux() || !TryDropSyn();
        // Alone on the port it waits for nobody: who is half-way through the handshake would find no server anyway.
        if (isHeard || !_own!.ReusePort)
            return;
        await Task.Delay(HandshakesEnd, timeProvider).ConfigureAwait(false);
    }

    private bool TryDropSyn()
    {
        // A program of the classic packet filter over the header of TCP: load byte 13, keep SYN and ACK, drop what is SYN alone.
        ReadOnlySpan<(ushort Code, byte IfTrue, byte IfFalse, uint Operand)> program =
            [(0x30, 0, 0, 13), (0x54, 0, 0, 0x12), (0x15, 0, 1, 0x02), (0x06, 0, 0, 0), (0x06, 0, 0, uint.MaxValue)];
        nint memory = Marshal.AllocHGlobal(program.Length * 8);
        try
        {
            for (int i = 0; i < program.Length; i++)
            {
                Marshal.WriteInt16(memory, i * 8, (short)program[i].Code);
                Marshal.WriteByte(memory, i * 8 + 2, program[i].IfTrue);
                Marshal.WriteByte(memory, i * 8 + 3, program[i].IfFalse);
                Marshal.WriteInt32(memory, i * 8 + 4, (int)program[i].Operand);
            }
            // struct sock_fprog: a length, and at the next place for a pointer where the program lies. The kernel copies it.
            var option = new byte[2 * IntPtr.Size];
            BitConverter.TryWriteBytes(option, (ushort)program.Length);
            BitConverter.TryWriteBytes(option.AsSpan(IntPtr.Size), (long)memory);
            Socket.SetRawSocketOption(SOL_SOCKET, SO_ATTACH_FILTER, option);
            return true;
        }
        catch (SocketException)
        {
            // Forbidden here (a sandbox): then it closes as any other.
            return false;
        }
        finally
        {
            Marshal.FreeHGlobal(memory);
        }
    }

    private static void SetForResponses(Socket socket)
    {
        // A response is written whole: waiting to fill a segment (Nagle) would only delay it.
        socket.NoDelay = true;
        SendAhead.Limit(socket, SendAhead.BytesAtFirst);
    }

    private static void SetReusePort(Socket socket)
    {
        // SOL_SOCKET and SO_REUSEPORT have no name in .NET and other numbers on each system.
        var (level, name) = OperatingSystem.IsLinux() ? (SOL_SOCKET, SO_REUSEPORT)
            : OperatingSystem.IsMacOS() || OperatingSystem.IsFreeBSD() ? (0xffff, 0x200)
            : throw new PlatformNotSupportedException("This system has no SO_REUSEPORT: one process listens on a port. Leave ReusePort off.");
        socket.SetRawSocketOption(level, name, BitConverter.GetBytes(1));
    }
}
