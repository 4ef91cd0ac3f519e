namespace Millrace.Messages;

/// <summary>
/// Lets senders through one at a time, in the order they came. A turn that nobody else wants costs no object. It is its own lock, because every WebSocket has one,
/// and nobody else has it to lock.
/// </summary>
internal sealed class SendTurns
{
    private volatile bool _isTaken;
    private Queue<TaskCompletionSource>? _waiting;

    public bool IsTaken => _isTaken;

    public bool TryEnter()
    {
        lock (this)
            return !_isTaken && (_isTaken = true);
    }

    /// <summary>Completes when it is the caller's turn, which lasts until <see cref="Leave"/>.</summary>
    public async ValueTask EnterAsync(CancellationToken cancellationToken = default)
    {
        TaskCompletionSource own;
        lock (this)
        {
            if (!_isTaken)
            {
                _isTaken = true;
                return;
            }
            own = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            (_waiting ??= []).Enqueue(own);
        }
        using var registration = cancellationToken.UnsafeRegister(static own => ((TaskCompletionSource)own!).TrySetCanceled(), own);
        await own.Task.ConfigureAwait(false);
    }

    public void Leave()
    {
        lock (this)
        {
            // Whoever was cancelled while waiting is passed over.
            while (_waiting is { Count: > 0 })
            {
                if (_waiting.Dequeue().TrySetResult())
                    return;
            }
            _isTaken = false;
        }
    }
}
