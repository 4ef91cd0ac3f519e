using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Millrace.Transport;

internal sealed record TransportOptions
{
    /// <summary>Number of event loops; 0 takes one per core.</summary>
    public int Loops { get; init; }

    /// <summary>How often the watchdog looks; a callback seen in two looks loses its loop to a spare thread.</summary>
    public TimeSpan HandOverInterval { get; init; } = TimeSpan.FromMilliseconds(2);

    /// <summary>Most threads that lead, rest or are held up by callbacks, over all loops. At the limit a blocked loop waits.</summary>
    public int ThreadsMax { get; init; } = 512;

    /// <summary>A spare thread that led no loop for this long ends.</summary>
    public TimeSpan SpareThreadIdleMax { get; init; } = TimeSpan.FromSeconds(10);

    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    public ILogger Logger { get; init; } = NullLogger.Instance;

    public int LoopCount => Loops > 0 ? Loops : Environment.ProcessorCount;
}

internal sealed record ListenOptions
{
    /// <summary>Length of the queue of connections that the system has accepted and we have not (Kestrel: 512).</summary>
    public int Backlog { get; init; } = 512;

    /// <summary>Lets several processes listen on one port (SO_REUSEPORT).</summary>
    public bool ReusePort { get; init; }
}
