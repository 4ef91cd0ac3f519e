namespace Millrace.Transport.Clock;

/// <summary>Monotonic milliseconds of a <see cref="TimeProvider"/>.</summary>
internal sealed class LoopClock(TimeProvider timeProvider)
{
    private readonly long _ticksPerMillisecond = Math.Max(1, timeProvider.TimestampFrequency / 1000);

    public TimeProvider TimeProvider => timeProvider;

    public long Milliseconds => timeProvider.GetTimestamp() / _ticksPerMillisecond;
}
