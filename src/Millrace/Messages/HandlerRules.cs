namespace Millrace.Messages;

/// <summary>What a route says about waiting for its handler; null leaves it to the server's options.</summary>
/// <param name="Timeout">How long to wait.</param>
/// <param name="CancelsOnDisconnect">Whether the wait ends when the client is gone.</param>
internal sealed record HandlerRules(TimeSpan? Timeout = null, bool? CancelsOnDisconnect = null);
