namespace Millrace;

/// <summary>Which way bytes reach the server.</summary>
public enum TransportKind
{
    /// <summary><see cref="Epoll"/> on Linux, <see cref="Sockets"/> elsewhere.</summary>
    Automatic,

    /// <summary>Event loops over epoll that a blocking handler cannot stop. Linux only.</summary>
    Epoll,

    /// <summary>System.Net.Sockets: every operating system; handlers run on the thread pool.</summary>
    Sockets,
}
