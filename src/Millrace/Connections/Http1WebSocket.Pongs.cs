using Millrace.Protocol.WebSockets;

namespace Millrace.Connections;

/// <summary>Answers to the client's pings: in their order, and before what is sent after them, also where somebody is sending when they come.</summary>
internal sealed partial class Http1WebSocket
{
    // Beyond it the oldest are left out (RFC 6455 section 5.5.3: the last is enough).
    private const int PongsOwedMax = 32;

    // For pings that came while somebody was sending; whoever sends next sees to them. Null until there was one. It is its own lock.
    private Queue<byte[]>? _pongsOwed;

    private Step AnswerPing(ReadOnlySpan<byte> payload)
    {
        if (_closeSent)
            return Step.NeedBytes;
        if (!_turns.TryEnter())
        {
            Owe(payload.ToArray());
            LookAfterTurn();
            return Step.NeedBytes;
        }
        AppendOwedPongs();
        AppendControl(Opcode.Pong, payload);
        bool isFull = _flow.Output.Count > OutputBuffer.FlushAt;
        LeaveTurn();
        FlushLater();
        return isFull ? Step.NeedFlush : Step.NeedBytes;
    }

    private void Owe(byte[] payload)
    {
        // Whoever receives is alone in making it.
        if (_pongsOwed is null)
            Volatile.Write(ref _pongsOwed, new Queue<byte[]>());
        lock (_pongsOwed)
        {
            if (_pongsOwed.Count == PongsOwedMax)
                _pongsOwed.Dequeue();
            _pongsOwed.Enqueue(payload);
        }
    }

    /// <summary>Called by whoever has the turn, before anything else is appended.</summary>
    private void AppendOwedPongs()
    {
        if (_pongsOwed is not { Count: > 0 })
            return;
        lock (_pongsOwed)
        {
            while (_pongsOwed.TryDequeue(out byte[]? payload))
            {
                if (!_closeSent)
                    AppendControl(Opcode.Pong, payload);
            }
        }
    }
}
