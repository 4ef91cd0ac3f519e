namespace Millrace.Connections;

/// <summary>
/// Keeps the connection's flow and its handler from writing at the same time.
/// </summary>
/// <remarks>
/// There is one moment when both may want to: a handler has gone asynchronous, so the flow sends the responses to earlier pipelined requests, and
/// the handler, on another thread by now, begins its own response. Whoever comes second waits or has nothing to do.
/// </remarks>
internal struct OutputGate
{
    private const int Free = 0;
    private const int Flow = 1;
    private const int FlowAndHandlerWaits = 2;
    private const int Handler = 3;

    private int _owner;
    private TaskCompletionSource? _handlerWaits;

    /// <summary>The flow wants to send what has come together; false if the handler is writing, which sends that too.</summary>
    public bool TryEnterFlow() => Interlocked.CompareExchange(ref _owner, Flow, Free) == Free;

    public void LeaveFlow()
    {
        if (Interlocked.CompareExchange(ref _owner, Free, Flow) == Flow)
            return;
        Volatile.Write(ref _owner, Handler);
        _handlerWaits!.SetResult();
    }

    /// <summary>The handler wants to write. It keeps the output until the request ends.</summary>
    public Task EnterHandlerAsync()
    {
        if (Volatile.Read(ref _owner) == Handler || Interlocked.CompareExchange(ref _owner, Handler, Free) == Free)
            return Task.CompletedTask;
        _handlerWaits = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (Interlocked.CompareExchange(ref _owner, FlowAndHandlerWaits, Flow) == Flow)
            return _handlerWaits.Task;
        Volatile.Write(ref _owner, Handler);
        return Task.CompletedTask;
    }

    /// <summary>The request is over and its handler with it.</summary>
    public void Reset() => Volatile.Write(ref _owner, Free);
}
