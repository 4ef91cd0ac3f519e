namespace Millrace;

/// <summary>What happens to a WebSocket that does not take the messages of a <see cref="WebSocketHub"/> as fast as they come, once its queue is full.</summary>
public enum SlowReaderPolicy
{
    /// <summary>It is closed with 1013 and misses nothing in silence: the client connects again and asks for what it needs.</summary>
    Close,

    /// <summary>The oldest message of its queue is dropped: for messages of which only the newest matter.</summary>
    DropOldest,
}
