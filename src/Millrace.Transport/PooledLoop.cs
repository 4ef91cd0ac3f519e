using Microsoft.Extensions.Logging;
using Millrace.Transport.Clock;

namespace Millrace.Transport;

/// <summary>A loop without a thread: callbacks run on the thread pool, timers come from one timer of the <see cref="TimeProvider"/>.</summary>
/// <remarks>
/// The timer is set to the wheel's next look and to nothing else, so a fake time provider drives everything here.
/// </remarks>
internal class PooledLoop : EventLoop, IDisposable
{
    private readonly ILogger _logger;
    private readonly ITimer _timer;
    private int _armRequests;

    public PooledLoop(TimeProvider timeProvider, ILogger logger) : base(timeProvider)
    {
        _logger = logger;
        _timer = CreateTimer(timeProvider);
    }

    public override void Post(Action callback) => ThreadPool.UnsafeQueueUserWorkItem(static work => work.Loop.Run(work.Callback), (Loop: this, Callback: callback), preferLocal: false);

    public void Dispose() => _timer.Dispose();

    protected override void OnEarlierTimer()
    {
        // One thread at a time sets the timer, and once more if it was asked meanwhile: the last word is never an outdated one.
        int requests = Interlocked.Increment(ref _armRequests);
        if (requests != 1)
            return;
        do
        {
            Arm();
            requests = Interlocked.Add(ref _armRequests, -requests);
        }
        while (requests != 0);
    }

    /// <summary>Runs a timer that is due. On the thread pool, so that one whose callback blocks does not hold up the others.</summary>
    protected virtual void RunDue(LoopTimer timer) => Post(timer.OnDue);

    protected void Run(Action callback)
    {
        try
        {
            callback();
        }
        catch (Exception e)
        {
            _logger.CallbackFailed(e);
        }
    }

    private ITimer CreateTimer(TimeProvider timeProvider)
    {
        // A timer keeps the AsyncLocal values of whoever created it; those of the server's start are nobody's here.
        using (ExecutionContext.IsFlowSuppressed() ? default : ExecutionContext.SuppressFlow())
            return timeProvider.CreateTimer(static loop => ((PooledLoop)loop!).OnTick(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    private void OnTick()
    {
        while (Timers.TakeDue(Clock.Milliseconds) is { } timer)
            RunDue(timer);
        OnEarlierTimer();
    }

    private void Arm()
    {
        int milliseconds = Timers.MillisecondsUntilDue(Clock.Milliseconds);
        // At least one: a fake timer that is due at once would fire inside Change, inside the caller's Set.
        _timer.Change(milliseconds < 0 ? Timeout.InfiniteTimeSpan : TimeSpan.FromMilliseconds(Math.Max(1, milliseconds)), Timeout.InfiniteTimeSpan);
    }
}
