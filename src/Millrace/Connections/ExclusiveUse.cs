namespace Millrace.Connections;

/// <summary>
/// Lets one caller at a time into something of a request, and lets the end of the request wait for a caller who is still in it: a handler
/// that returned while a read or write of its own was under way must not carry that on in the next request.
/// </summary>
internal struct ExclusiveUse
{
    private const int Free = 0;
    private const int InUse = 1;
    private const int InUseAndAwaited = 2;

    private int _state;
    private TaskCompletionSource? _left;

    public bool IsInUse => Volatile.Read(ref _state) != Free;

    public bool TryEnter() => Interlocked.CompareExchange(ref _state, InUse, Free) == Free;

    public void Leave()
    {
        if (Interlocked.Exchange(ref _state, Free) == InUseAndAwaited)
            _left!.SetResult();
    }

    /// <summary>Completes when nobody is in. Called once, by the flow.</summary>
    public Task WhenLeftAsync()
    {
        if (Volatile.Read(ref _state) == Free)
            return Task.CompletedTask;
        _left = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return Interlocked.CompareExchange(ref _state, InUseAndAwaited, InUse) == InUse ? _left.Task : Task.CompletedTask;
    }
}
