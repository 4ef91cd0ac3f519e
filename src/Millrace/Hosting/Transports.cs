using Microsoft.Extensions.Logging;
using Millrace.Telemetry;
using Millrace.Transport;
using Millrace.Transport.Epoll;
using Millrace.Transport.Sockets;

namespace Millrace.Hosting;

/// <summary>Opens the transport that the options name.</summary>
internal static class Transports
{
    /// <exception cref="PlatformNotSupportedException">The transport does not exist on this system.</exception>
    public static ServerTransport Open(ServerOptions options, ILoggerFactory loggers)
    {
        var transportOptions = new TransportOptions
        {
            Loops = options.Loops,
            HandOverInterval = options.HandOverInterval,
            ThreadsMax = options.LoopThreadsMax,
            TimeProvider = options.TimeProvider,
            Logger = new HarmlessLogger(loggers.CreateLogger("Millrace.Transport")),
        };
        return options.Transport switch
        {
            TransportKind.Epoll when !OperatingSystem.IsLinux() =>
                throw new PlatformNotSupportedException("epoll is part of Linux: leave ServerOptions.Transport at Automatic, or set it to Sockets."),
            TransportKind.Epoll => new EpollTransport(transportOptions),
            TransportKind.Automatic when OperatingSystem.IsLinux() => new EpollTransport(transportOptions),
            _ => new SocketTransport(transportOptions),
        };
    }
}
