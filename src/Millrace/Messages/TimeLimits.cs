namespace Millrace.Messages;

/// <summary>What a limit of time may be set to.</summary>
internal static class TimeLimits
{
    /// <summary>A time above zero, or none: <see cref="Timeout.InfiniteTimeSpan"/>.</summary>
    public static TimeSpan Positive(TimeSpan value)
    {
        if (value != Timeout.InfiniteTimeSpan)
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(value, TimeSpan.Zero);
        return value;
    }
}
