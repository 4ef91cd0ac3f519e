namespace Millrace.Tests.Support;

/// <summary>The transports that one test body runs over.</summary>
public enum Kind
{
    Epoll,
    Sockets,
    InMemory,
}

/// <summary>Test data: which transports a theory runs over. Epoll is left out where there is none.</summary>
public static class Kinds
{
    public static TheoryData<Kind> All => [.. Network.Select(row => row.Data), Kind.InMemory];

    /// <summary>Those that use the network.</summary>
    public static TheoryData<Kind> Network => OperatingSystem.IsLinux() ? [Kind.Epoll, Kind.Sockets] : [Kind.Sockets];
}
