using Millrace.Protocol.WebSockets;

namespace Millrace.Connections;

/// <summary>What a hub sends: frames that many WebSockets share, for which nobody waits.</summary>
internal sealed partial class Http1WebSocket
{
    // Null until a frame had to wait. It is its own lock.
    private Queue<SharedFrame>? _posted;

    public override void Post(SharedFrame frame, int queuedMax, SlowReaderPolicy policy)
    {
        if (_closeSent || CloseCode > 0)
            return;
        // Whoever queued before goes first.
        if (_posted is not { Count: > 0 } && _turns.TryEnter())
        {
            if (_fragmented == Opcode.Continuation && !_closeSent)
            {
                AppendOwedPongs();
                if (SendShared(frame))
                    LookAfterTurn();
                return;
            }
            _turns.Leave();
        }
        Enqueue(frame, queuedMax, policy);
        LookAfterTurn();
    }

    /// <summary>Whoever leaves the turn, or has something for whoever has it, sees to what waits: what the turn's owner no longer saw is not forgotten.</summary>
    private void LookAfterTurn()
    {
        while ((_pongsOwed is { Count: > 0 } || (_posted is { Count: > 0 } && _fragmented == Opcode.Continuation)) && _turns.TryEnter())
        {
            AppendOwedPongs();
            if (TakePosted() is not { } frame)
            {
                _turns.Leave();
                FlushLater();
                continue;
            }
            if (!SendShared(frame))
                return;
        }
    }

    /// <summary>Sends a frame in the turn that the caller has. True if the turn is over; if not, it ends with the write, which looks after what waits by itself.</summary>
    private bool SendShared(SharedFrame frame)
    {
        var write = _flow.Output.SendAsync(FormOf(frame));
        if (!write.IsCompletedSuccessfully)
        {
            _ = FinishFlushAsync(write);
            return false;
        }
        _turns.Leave();
        return true;
    }

    private SharedFrame? TakePosted()
    {
        if (_posted is null || _fragmented != Opcode.Continuation)
            return null;
        lock (_posted)
        {
            if (_closeSent)
                _posted.Clear();
            return _posted.TryDequeue(out var frame) ? frame : null;
        }
    }

    private void Enqueue(SharedFrame frame, int queuedMax, SlowReaderPolicy policy)
    {
        if (_posted is null)
            Interlocked.CompareExchange(ref _posted, new Queue<SharedFrame>(), null);
        bool isFull;
        lock (_posted)
        {
            isFull = _posted.Count >= queuedMax;
            if (isFull && policy == SlowReaderPolicy.Close)
                _posted.Clear();
            else if (isFull)
                _posted.Dequeue();
            if (!isFull || policy == SlowReaderPolicy.DropOldest)
                _posted.Enqueue(frame);
        }
        if (isFull && policy == SlowReaderPolicy.Close)
            GoAway(CloseCodes.TryAgainLater, "The client reads too slowly.");
    }
}
