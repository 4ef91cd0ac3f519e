namespace Millrace.Transport.Tests.Support;

/// <summary>The implementations of the seam that one test body runs against.</summary>
public enum Kind
{
    Epoll,
    Sockets,
    InMemory,
}

/// <summary>Test data: which kinds a theory runs on. Epoll is left out where there is none.</summary>
public static class Kinds
{
    private static readonly bool HasEpoll = OperatingSystem.IsLinux();

    public static TheoryData<Kind> All => HasEpoll ? [Kind.Epoll, Kind.Sockets, Kind.InMemory] : [Kind.Sockets, Kind.InMemory];

    /// <summary>Those that use the network.</summary>
    public static TheoryData<Kind> Network => HasEpoll ? [Kind.Epoll, Kind.Sockets] : [Kind.Sockets];
}
