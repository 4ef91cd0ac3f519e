using Microsoft.Extensions.Logging;
using Millrace.Transport.Clock;

namespace Millrace.Transport;

/// <summary>Says that there is no room for one more connection: once for a shortage, however many attempts fail, and whoever makes them.</summary>
internal sealed class ShortageLog(LoopClock clock, ILogger logger)
{
    // A shortage that was away for less is still the same one.
    private const int SameShortageMilliseconds = 60_000;

    private long _lastAt = long.MinValue / 2;

    /// <summary>An attempt failed because of <paramref name="error"/>. Any thread.</summary>
    public void Note(int error, int pauseMilliseconds)
    {
        long now = clock.Milliseconds;
        if (now - Interlocked.Exchange(ref _lastAt, now) > SameShortageMilliseconds)
            logger.AcceptPaused(error, pauseMilliseconds);
    }
}
