using System.Threading.Tasks.Sources;

namespace Millrace.Transport;

/// <summary>A <see cref="Readiness"/> that can be awaited by itself. One flow waits, any thread raises; the flow runs on inside <see cref="Raise"/>.</summary>
internal sealed class Wakeup : IValueTaskSource
{
    private Readiness _readiness;

    public short Version => _readiness.Version;

    /// <summary>Completes once raised, at once if it was raised since the last wait.</summary>
    public ValueTask WaitAsync() => TakeOrWait() ? ValueTask.CompletedTask : new ValueTask(this, Version);

    /// <summary>For a source of its own that passes its calls on to this one: true if raised before, false if it must be awaited.</summary>
    public bool TakeOrWait() => _readiness.TakeOrWait();

    public void Raise() => _readiness.Raise();

    public void GetResult(short token) => _readiness.GetResult(token);

    public ValueTaskSourceStatus GetStatus(short token) => _readiness.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _readiness.OnCompleted(continuation, state, token, flags);
}
