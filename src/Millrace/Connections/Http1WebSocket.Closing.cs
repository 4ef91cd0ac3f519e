using Millrace.Protocol.WebSockets;
using Millrace.Transport.Clock;

namespace Millrace.Connections;

/// <summary>How it ends: control frames, silence, the closing handshake.</summary>
internal sealed partial class Http1WebSocket
{
    private long _lastReceived;

    // When the ping was sent that nothing has followed yet; 0 if there is none.
    private long _pingSent;
    private long _closeDue;
    private volatile bool _closeSent;
    private volatile bool _isOver;
    private TaskCompletionSource? _whenOver;

    /// <summary>True once nothing can be received any more.</summary>
    public bool IsOver => _isOver;

    private long Now => _connection.Loop.Clock.Milliseconds;

    public override async ValueTask CloseAsync(int code, string reason)
    {
        if (CloseCode == 0)
            await SendCloseAsync(code, reason).ConfigureAwait(false);
        if (_isOver)
            return;
        if (_receiving.TryEnter())
        {
            _ = await ReceiveOnAsync(_isOver ? Step.Over : Step.NeedFlush, default).ConfigureAwait(false);
            return;
        }
        // Somebody receives: they see the client's close, and have to look at the time that it may take.
        var over = Interlocked.CompareExchange(ref _whenOver, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), null) ?? _whenOver;
        if (_isOver)
            return;
        _connection.Interrupt();
        await over.Task.ConfigureAwait(false);
    }

    /// <summary>The server stops, or a hub gives it up: the client is told, and whoever receives comes to the end.</summary>
    public void GoAway(int code, string reason) => _ = GoAwayAsync(code, reason);

    /// <summary>The handler is done with it. Completes when nobody reads or writes any more; nobody will from here on.</summary>
    public async Task EndAsync()
    {
        while (!_receiving.TryEnter())
            await _receiving.WhenLeftAsync().ConfigureAwait(false);
        await _turns.EnterAsync().ConfigureAwait(false);
        SetOver(CloseCodes.Abnormal, "");
        _connection.Loop.Timers.Remove(_alarm);
        _collected.Release();
        ReleaseBlock();
        ForgetContexts();
    }

    private async Task GoAwayAsync(int code, string reason)
    {
        await SendCloseAsync(code, reason).ConfigureAwait(false);
        _connection.Interrupt();
    }

    private Step TakeControl(ReadOnlySpan<byte> payload)
    {
        switch (_frames.Opcode)
        {
            case Opcode.Ping:
                return AnswerPing(payload);
            case Opcode.Pong:
                return Step.NeedBytes;
            default:
                var fault = CloseFrame.Read(payload, out var frame);
                if (fault != WebSocketFault.None)
                    return Fail(fault);
                (CloseReason, CloseCode) = (frame.Reason, frame.Code);
                return Step.Over;
        }
    }

    /// <summary>The client broke the protocol: it is told how, and nothing more is read (RFC 6455 section 7.1.7).</summary>
    private Step Fail(WebSocketFault fault)
    {
        _flow.NoteFault(WebSocketFaults.Name(fault));
        (CloseReason, CloseCode) = (WebSocketFaults.Text(fault), WebSocketFaults.Code(fault));
        return Step.Over;
    }

    private Step Lose()
    {
        CloseCode = CloseCodes.Abnormal;
        return Step.Over;
    }

    /// <summary>Nothing more is received. A close of the client's is answered with its own code (RFC 6455 section 5.5.1).</summary>
    private async ValueTask EndReceivingAsync()
    {
        if (CloseCode is not (0 or CloseCodes.Abnormal))
            await SendCloseAsync(CloseCode, CloseCode == CloseCodes.None ? "" : CloseReason).ConfigureAwait(false);
        _collected.Release();
        ReleaseBlock();
        SetOver(CloseCode, CloseReason);
    }

    private void SetOver(int code, string reason)
    {
        if (CloseCode == 0)
            (CloseReason, CloseCode) = (reason, code);
        _isOver = true;
        // Pairs with CloseAsync: either that sees the end, or this sees who waits for it.
        Interlocked.MemoryBarrier();
        _whenOver?.TrySetResult();
    }

    /// <summary>The wait was interrupted: somebody cancelled it, or some time has run out.</summary>
    private async ValueTask<Step> LookAtTimeAsync(long due, CancellationToken cancellationToken)
    {
        long now = Now;
        if (_closeSent)
        {
            if (now < _closeDue)
                return Step.NeedBytes;
            _connection.Abort();
            return Lose();
        }
        cancellationToken.ThrowIfCancellationRequested();
        if (now >= due)
            throw new TimeoutException($"No message came in {_options.ReceiveTimeout.TotalSeconds} s.");
        if (now < HeartbeatDue)
            return Step.NeedBytes;
        if (_pingSent > 0)
        {
            _connection.Abort();
            return Lose();
        }
        // A send under way says nothing of the client, but has a limit of its own.
        _lastReceived = now;
        if (await TryPingAsync().ConfigureAwait(false))
            _pingSent = now;
        return Step.NeedBytes;
    }

    private long HeartbeatDue => _options.Heartbeat == Timeout.InfiniteTimeSpan ? LoopTimer.Never
        : _pingSent > 0 ? _pingSent + (long)_options.Heartbeat.TotalMilliseconds / 2
        : _lastReceived + (long)_options.Heartbeat.TotalMilliseconds;

    private void SetAlarm(long receiveDue)
    {
        long due = _closeSent ? _closeDue : Math.Min(receiveDue, HeartbeatDue);
        if (Volatile.Read(ref _alarm.Deadline) > due)
            _connection.Loop.Timers.Set(_alarm, due);
    }

    private long After(TimeSpan time) => time == Timeout.InfiniteTimeSpan ? LoopTimer.Never : Now + (long)time.TotalMilliseconds;
}
