using System.Net.Sockets;

namespace Millrace.Transport;

/// <summary>
/// How much the kernel takes for a client beyond what is on its way to it (tcp(7): TCP_NOTSENT_LOWAT). Without a limit it is several megabytes, also
/// for a client that reads none of them; taking and dropping them costs far more than its request.
/// </summary>
internal static class SendAhead
{
    public const int Level = 6;
    public const int Option = 25;

    public const int BytesAtFirst = 64 * 1024;

    /// <summary>For a client that has been waited for and has read: enough to keep the fastest line busy until the loop comes round again.</summary>
    public const int BytesForReaders = 256 * 1024;

    /// <summary>Linux only; elsewhere the system's own limits stand.</summary>
    public static void Limit(Socket socket, int bytes)
    {
        if (OperatingSystem.IsLinux() && socket.ProtocolType == ProtocolType.Tcp)
            socket.SetRawSocketOption(Level, Option, BitConverter.GetBytes(bytes));
    }
}
