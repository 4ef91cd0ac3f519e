using Millrace.Messages;

namespace Millrace;

public sealed partial class Request
{
    // Of the request that the connection knows: where its clone was passed on to.
    private Destination? _passedOnTo;

    /// <summary>Where the answer comes from: that of a clone which was passed on to another route before its own.</summary>
    internal Destination? Answering => Volatile.Read(ref Origin._passedOnTo) ?? Destination;

    /// <summary>What the route says about waiting for its handler; null: nothing.</summary>
    internal HandlerRules? HandlerRules => Answering?.HandlerRules;

    /// <summary>This clone has a route of its own: from here on the wait for the handler goes by its rules.</summary>
    internal void PassOn()
    {
        Volatile.Write(ref Origin._passedOnTo, Destination);
        _exchange.OnPassedOn(Origin);
    }

    /// <summary>The handler is given up: whoever holds the token learns it, on another thread, so that nobody's callback holds up the answer.</summary>
    internal Task CancelAsync() => Volatile.Read(ref _aborted)?.CancelAsync() ?? Task.CompletedTask;
}
