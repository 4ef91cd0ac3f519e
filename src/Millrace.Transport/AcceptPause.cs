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

    private readonly ShortageLog _shortage = new(loop.Clock, logger);
    private int _error;
    private volatile bool _stopped;

    /// <summary>Accepting was stopped because of <paramref name="error"/>. One caller at a time.</summary>
    public void Begin(int error)
    {
        _error = error;
        Pause();
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
        Pause();
    }

    private void Pause()
    {
        _shortage.Note(_error, PauseMilliseconds);
        loop.Timers.Set(this, loop.Clock.Milliseconds + PauseMilliseconds);
    }
}
