namespace Millrace.Transport;

/// <summary>
/// Counts the connections between accept and the return of the listener's callback, so that stopping can wait until each
/// of them is in its owner's hands.
/// </summary>
/// <remarks>Without it a connection accepted on one thread while another stops the listener would be missed by whoever then counts what is left.</remarks>
internal sealed class Arrivals
{
    private readonly TaskCompletionSource _none = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // One stands for the open listener.
    private int _underWay = 1;

    /// <summary>Completes when the listener is closed and the last arrival is in its owner's hands.</summary>
    public Task Gone => _none.Task;

    /// <summary>False once the listener is closed and nothing is under way any more.</summary>
    public bool TryBegin()
    {
        int seen = Volatile.Read(ref _underWay);
        while (seen > 0)
        {
            int before = Interlocked.CompareExchange(ref _underWay, seen + 1, seen);
            if (before == seen)
                return true;
            seen = before;
        }
        return false;
    }

    /// <summary>Gives a connection to its owner on its loop. Not here: what the callback runs may block, and the next connection must not wait for it.</summary>
    public void HandOut(Connection connection, Action<Connection> onAccepted)
    {
        _ = TryBegin();
        connection.Loop.Post(() =>
        {
            try
            {
                onAccepted(connection);
            }
            finally
            {
                End();
            }
        });
    }

    public void End()
    {
        if (Interlocked.Decrement(ref _underWay) == 0)
            _none.TrySetResult();
    }

    /// <summary>The listener is closed. Called once.</summary>
    public void Close() => End();
}
