using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net.Sockets;
using Millrace.Transport.Epoll.Native;

namespace Millrace;

/// <summary>
/// The listening sockets that systemd, or another supervisor with the same protocol, has given to this process (sd_listen_fds(3)): the environment
/// variables LISTEN_PID, LISTEN_FDS and LISTEN_FDNAMES.
/// </summary>
[SuppressMessage("ApiDesign", "RS0030", Justification = "Sockets come in here.")]
public static class SystemdSockets
{
    // SD_LISTEN_FDS_START.
    private const int FirstDescriptor = 3;

    private static readonly Lock Turn = new();
    private static readonly HashSet<int> Taken = [];

    /// <summary>
    /// Takes the sockets, in the order of their descriptors; none if this process was given none. Each is taken once: what was taken before is left out.
    /// </summary>
    /// <param name="name">Takes only those of this name (FileDescriptorName= in the unit); null takes all.</param>
    public static IReadOnlyList<Socket> Take(string? name = null)
    {
        // The variables stay when a child of the process that was meant starts another program.
        if (Number("LISTEN_PID") != Environment.ProcessId || Number("LISTEN_FDS") is not (> 0 and <= 1024 and int count))
            return [];
        string[] names = Environment.GetEnvironmentVariable("LISTEN_FDNAMES")?.Split(':') ?? [];
        var sockets = new List<Socket>();
        lock (Turn)
        {
            for (int i = 0; i < count; i++)
            {
                // A descriptor without a name is called so by systemd.
                bool isMeant = name is null || name == names.ElementAtOrDefault(i) || (name == "unknown" && i >= names.Length);
                if (!isMeant || !Taken.Add(FirstDescriptor + i))
                    continue;
                // They came in by inheritance, and would go on to every program that this process starts.
                if (OperatingSystem.IsLinux())
                    Libc.CloseOnExec(FirstDescriptor + i);
                sockets.Add(new Socket(new SafeSocketHandle(FirstDescriptor + i, ownsHandle: true)));
            }
        }
        return sockets;
    }

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;
}
