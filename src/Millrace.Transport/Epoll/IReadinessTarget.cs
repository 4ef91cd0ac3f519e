namespace Millrace.Transport.Epoll;

/// <summary>Something with a descriptor that a loop watches: a connection or a listener.</summary>
internal interface IReadinessTarget
{
    int Descriptor { get; }

    /// <summary>Tells this use of the descriptor's number from earlier ones, whose events may still be in the batch.</summary>
    uint Generation { get; }

    void OnEvents(uint events);
}
