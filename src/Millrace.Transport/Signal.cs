using System.Threading.Tasks.Sources;

namespace Millrace.Transport;

/// <summary>A <see cref="Readiness"/> that can be awaited by itself. One flow waits, any thread raises; the flow runs on inside <see cref="Raise"/>.</summary>
internal sealed class Signal : IValueTaskSource
{
    private Readiness _readiness;

    /// <summary>Completes once raised, at once if it was raised since the last wait.</summary>
    public ValueTask WaitAsync() => _readiness.TakeOrWait() ? ValueTask.CompletedTask : new ValueTask(this, _readiness.Version);

    public void Raise() => _readiness.Raise();

    void IValueTaskSource.GetResult(short token) => _readiness.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _readiness.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _readiness.OnCompleted(continuation, state, token, flags);
}
