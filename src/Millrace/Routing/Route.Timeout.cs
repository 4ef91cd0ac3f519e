using Millrace.Messages;

namespace Millrace;

public sealed partial class Route
{
    internal HandlerRules? HandlerRules { get; private set; }

    /// <summary>Sets how long the server waits for the handler of this route, in place of <see cref="ServerOptions.HandlerTimeout"/>. Then 504.</summary>
    /// <param name="timeout">More than zero; <see cref="System.Threading.Timeout.InfiniteTimeSpan"/> for no limit.</param>
    /// <returns>This route: <c>Get("/report", Report).Timeout(TimeSpan.FromSeconds(5))</c>.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="timeout"/> is zero or negative.</exception>
    /// <exception cref="InvalidOperationException">An application of the route has started.</exception>
    public Route Timeout(TimeSpan timeout)
    {
        if (timeout != System.Threading.Timeout.InfiniteTimeSpan)
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(timeout, TimeSpan.Zero);
        ThrowIfFrozen();
        HandlerRules = (HandlerRules ?? new HandlerRules()) with { Timeout = timeout };
        return this;
    }

    /// <summary>
    /// Gives the handler of this route up as soon as the client is gone, whatever <see cref="ServerOptions.HandlerCancellation"/> says, which tells what
    /// that means.
    /// </summary>
    /// <returns>This route: <c>Get("/search", Search).CancelOnDisconnect()</c>.</returns>
    /// <exception cref="InvalidOperationException">An application of the route has started.</exception>
    public Route CancelOnDisconnect()
    {
        ThrowIfFrozen();
        HandlerRules = (HandlerRules ?? new HandlerRules()) with { CancelsOnDisconnect = true };
        return this;
    }
}
