using System.Threading.Tasks.Sources;

namespace Millrace.Transport;

/// <summary>
/// A flag that one flow waits for and anyone raises. Raised while nobody waits, it is kept for the next wait.
/// </summary>
/// <remarks>
/// The waiting flow runs on inside <see cref="Raise"/>, on the thread that raised: that is the missing hop to the
/// thread pool the epoll transport exists for. What was written before the flag was raised is seen by whoever finds it up, also if it had been
/// up already: hence an interlocked operation on both sides, even where nothing changes. A mutable struct: it lives in one field and is never copied.
/// </remarks>
internal struct Readiness
{
    private const int Idle = 0;
    private const int Raised = 1;
    private const int Waiting = 2;

    private ManualResetValueTaskSourceCore<bool> _source;
    private int _state;

    public readonly short Version => _source.Version;

    /// <summary>True if the flag was up; it is down now. False: the flow must await this source.</summary>
    public bool TakeOrWait()
    {
        if (Volatile.Read(ref _state) == Idle)
        {
            _source.Reset();
            if (Interlocked.CompareExchange(ref _state, Waiting, Idle) == Idle)
                return false;
        }
        // Only the waiting side takes the flag down, so it is still up.
        Interlocked.Exchange(ref _state, Idle);
        return true;
    }

    public void Raise()
    {
        while (true)
        {
            int state = Volatile.Read(ref _state);
            if (Interlocked.CompareExchange(ref _state, state == Waiting ? Idle : Raised, state) != state)
                continue;
            if (state == Waiting)
                _source.SetResult(true);
            return;
        }
    }

    public void GetResult(short token) => _source.GetResult(token);

    public readonly ValueTaskSourceStatus GetStatus(short token) => _source.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);
}
