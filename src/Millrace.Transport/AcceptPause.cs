using Microsoft.Extensions.Logging;
using Millrace.Transport.Clock;

namespace Millrace.Transport;

/// <summary>
/// The pause of a listener that has no descriptor or memory for one more connection: those wait in the system's queue, nothing
/// spins meanwhile, and the log says so once and not at every attempt.
/// </summary>
internal sealed class AcceptPause(EventLoop loop, DescriptorHeadroom headroom, ILogger logger, Func<bool> tryResume) : LoopTimer
{
    private const int PauseMilliseconds = 500;

    // A shortage that was away for less is still the same one.
    private const int SameShortageMilliseconds = 60_000;

    private long _lastAt = long.MinValue / 2;
    private volatile bool _stopped;

    /// <summary>Accepting was stopped because of <paramref name="error"/>. One caller at a time.</summary>
    public void Begin(int error)
    {
        long now = loop.Clock.Milliseconds;
        if (now - _lastAt > SameShortageMilliseconds)
            logger.AcceptPaused(error, PauseMilliseconds);
        _lastAt = now;
        loop.Timers.Set(this, now + PauseMilliseconds);
    }

    /// <summary>The listener stops: a pause under way ends.</summary>
    public void Stop()
    {
        _stopped = true;
        loop.Timers.Remove(this);
        _ = tryResume();
    }

    protected internal override void OnDue()
    {
        if (_stopped || (headroom.Exists() && tryResume()))
            return;
        _lastAt = loop.Clock.Milliseconds;
        loop.Timers.Set(this, _lastAt + PauseMilliseconds);
    }
}
