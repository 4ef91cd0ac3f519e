namespace Millrace;

public sealed partial class Request
{
    /// <summary>What the route says about waiting for its handler; null: nothing.</summary>
    internal Messages.HandlerRules? HandlerRules { get; set; }

    /// <summary>The handler is given up: whoever holds the token learns it, on another thread, so that nobody's callback holds up the answer.</summary>
    internal Task CancelAsync() => Volatile.Read(ref _aborted)?.CancelAsync() ?? Task.CompletedTask;
}
