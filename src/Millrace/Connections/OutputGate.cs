namespace Millrace.Connections;

/// <summary>
/// Keeps the connection's flow and its handler from writing at the same time: one at a time, in the order they came.
/// </summary>
/// <remarks>
/// A handler that has gone asynchronous may begin its response, on another thread by now, while the flow sends the responses to earlier
/// pipelined requests. A handler may also leave somebody behind who begins a response or reads the body when the flow already answers.
/// Whoever passes the gate looks at <see cref="Request.IsAnswered"/> first.
/// </remarks>
internal sealed class OutputGate
{
    // Whoever came last. Each waits for the one in front; nobody there means the gate is open.
    private TaskCompletionSource? _last;

    /// <summary>Completes when it is the caller's turn, which lasts until it is disposed.</summary>
    public async ValueTask<Turn> EnterAsync()
    {
        var own = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (Interlocked.Exchange(ref _last, own) is { } before)
            await before.Task.ConfigureAwait(false);
        return new Turn(this, own);
    }

    /// <summary>Completes when those who are in now have left.</summary>
    public async ValueTask PassAsync()
    {
        if (Volatile.Read(ref _last) is not null)
            (await EnterAsync().ConfigureAwait(false)).Dispose();
    }

    public readonly struct Turn(OutputGate gate, TaskCompletionSource own) : IDisposable
    {
        public void Dispose()
        {
            if (Interlocked.CompareExchange(ref gate._last, null, own) != own)
                own.SetResult();
        }
    }
}
