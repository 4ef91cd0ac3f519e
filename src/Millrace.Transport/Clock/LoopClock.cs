namespace Millrace.Transport.Clock;

/// <summary>Monotonic milliseconds of a <see cref="TimeProvider"/>.</summary>
internal sealed class LoopClock(TimeProvider timeProvider)
{
    private readonly long _ticksPerMillisecond = Math.Max(1, timeProvider.TimestampFrequency / 1000);
    private readonly bool _isSystem = timeProvider == TimeProvider.System;

    public TimeProvider TimeProvider => timeProvider;

    // The system's own coarse clock moves every few milliseconds, finer than any timer here needs, and costs a fifth of the precise one;
    // it is read at least once a request.
#pragma warning disable RS0030 // The one place where the static clock stands for TimeProvider.System.
    public long Milliseconds => _isSystem ? Environment.TickCount64 : timeProvider.GetTimestamp() / _ticksPerMillisecond;
#pragma warning restore RS0030
}
