using System.Buffers;
using System.Text;
using Millrace.Messages;
using Millrace.Protocol.WebSockets;

namespace Millrace.Connections;

/// <summary>What goes out: each frame whole and in its turn.</summary>
internal sealed partial class Http1WebSocket
{
    // As with the bodies of responses: up to here a copy costs less than a second piece.
    private const int CopiedBytesMax = 2048;

    private readonly SendTurns _turns = new();

    // Continuation means that no message in fragments is open.
    private Opcode _fragmented;

    // Whole frames lie behind the message that the handler has. It will come for them, so what it sends can wait for more; should it not, the
    // loop sends it after the callback that is running.
    private volatile bool _moreFollows;
    private int _flushPosted;
    private Action? _flush;

    public override ValueTask SendAsync(Opcode opcode, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return _turns.TryEnter() ? SendInTurn(opcode, isFinal: true, payload) : SendLaterAsync(opcode, isFinal: true, payload, cancellationToken);
    }

    public override async ValueTask SendFragmentAsync(Opcode opcode, bool isFinal, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        await _turns.EnterAsync(cancellationToken).ConfigureAwait(false);
        if (_fragmented != Opcode.Continuation && _fragmented != opcode)
        {
            LeaveTurn();
            throw new InvalidOperationException($"The message that is open is a {_fragmented}: send its last fragment first.");
        }
        var sent = _fragmented == Opcode.Continuation ? opcode : Opcode.Continuation;
        _fragmented = Opcode.Continuation;
        await SendInTurn(sent, isFinal, payload, isFinal ? Opcode.Continuation : opcode).ConfigureAwait(false);
    }

    public override ValueTask SendTextAsync(string text, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        int length = Encoding.UTF8.GetByteCount(text);
        if (length > CopiedBytesMax || IsWorthDeflating(length) || !_turns.TryEnter())
            return SendEncodedAsync(text, length, cancellationToken);
        if (Check(Opcode.Text) is { } exception)
            return LeaveAndFail(exception);
        AppendOwedPongs();
        AppendHeader(Opcode.Text, isFinal: true, isCompressed: false, length);
        _flow.Output.AppendText(text, length);
        return SendAppended();
    }

    private async ValueTask SendEncodedAsync(string text, int length, CancellationToken cancellationToken)
    {
        byte[] encoded = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            Encoding.UTF8.GetBytes(text, encoded);
            await SendAsync(Opcode.Text, encoded.AsMemory(0, length), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(encoded);
        }
    }

    private async ValueTask SendLaterAsync(Opcode opcode, bool isFinal, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        await _turns.EnterAsync(cancellationToken).ConfigureAwait(false);
        await SendInTurn(opcode, isFinal, payload).ConfigureAwait(false);
    }

    private ValueTask SendInTurn(Opcode opcode, bool isFinal, ReadOnlyMemory<byte> payload, Opcode fragmented = Opcode.Continuation)
    {
        if (Check(opcode) is { } exception)
            return LeaveAndFail(exception);
        AppendOwedPongs();
        if (fragmented != Opcode.Continuation)
            _fragmented = fragmented;
        bool isCompressed = StartsCompressed(opcode, isFinal, payload.Length);
        if (isCompressed || (opcode == Opcode.Continuation && _deflatesFragments))
            payload = Deflate(payload.Span, isFinal);
        AppendHeader(opcode, isFinal, isCompressed, payload.Length);
        if (payload.Length > CopiedBytesMax)
            return FinishSend(_flow.Output.SendAsync(payload));
        _flow.Output.Append(payload.Span);
        return SendAppended();
    }

    /// <summary>Why nothing of the kind can be sent now, or null.</summary>
    private Exception? Check(Opcode opcode) =>
        _closeSent || CloseCode > 0 ? new WebSocketClosedException(CloseCode > 0 ? CloseCode : CloseCodes.Normal)
        : opcode is Opcode.Text or Opcode.Binary && _fragmented != Opcode.Continuation
            ? new InvalidOperationException("A message in fragments is not at its end: send its last fragment first.")
        : null;

    private void AppendHeader(Opcode opcode, bool isFinal, bool isCompressed, int length)
    {
        Span<byte> header = stackalloc byte[FrameWriter.HeaderBytesMax];
        _flow.Output.Append(header[..FrameWriter.WriteHeader(header, opcode, isFinal, isCompressed, length)]);
    }

    private ValueTask SendAppended()
    {
        if (!_moreFollows || _flow.Output.Count > OutputBuffer.FlushAt)
            return FinishSend(_flow.Output.FlushAsync());
        // In this order: whoever finds the turn taken when the flush comes will ask for another.
        LeaveTurn();
        FlushLater();
        return ValueTask.CompletedTask;
    }

    private ValueTask FinishSend(ValueTask<bool> write)
    {
        if (!write.IsCompletedSuccessfully)
            return FinishSendAsync(write);
        LeaveTurn();
        return write.Result ? ValueTask.CompletedTask : ValueTask.FromException(new WebSocketClosedException(CloseCodes.Abnormal));
    }

    private async ValueTask FinishSendAsync(ValueTask<bool> write)
    {
        bool isSent;
        try
        {
            isSent = await write.ConfigureAwait(false);
        }
        finally
        {
            LeaveTurn();
        }
        if (!isSent)
            throw new WebSocketClosedException(CloseCodes.Abnormal);
    }

    private ValueTask LeaveAndFail(Exception exception)
    {
        LeaveTurn();
        return ValueTask.FromException(exception);
    }

    private void LeaveTurn()
    {
        _turns.Leave();
        LookAfterTurn();
    }

    /// <summary>False if somebody is sending just now.</summary>
    private async ValueTask<bool> TryPingAsync()
    {
        if (!_turns.TryEnter())
            return false;
        AppendControl(Opcode.Ping, []);
        _ = await FlushInTurnAsync().ConfigureAwait(false);
        return true;
    }

    /// <summary>Says the end, once.</summary>
    private async ValueTask SendCloseAsync(int code, string reason)
    {
        await _turns.EnterAsync().ConfigureAwait(false);
        if (_closeSent)
        {
            LeaveTurn();
            return;
        }
        AppendOwedPongs();
        _closeDue = After(_options.CloseTimeout);
        _closeSent = true;
        AppendClose(code, reason);
        _ = await FlushInTurnAsync().ConfigureAwait(false);
    }

    private void AppendClose(int code, string reason)
    {
        Span<byte> payload = stackalloc byte[FrameReader.ControlBytesMax];
        AppendControl(Opcode.Close, payload[..FrameWriter.WriteClose(payload, code, reason)]);
    }

    private void AppendControl(Opcode opcode, ReadOnlySpan<byte> payload)
    {
        AppendHeader(opcode, isFinal: true, isCompressed: false, payload.Length);
        _flow.Output.Append(payload);
    }

    /// <summary>Sends what has come together, unless somebody is sending it already.</summary>
    private ValueTask<bool> FlushAsync() => _turns.TryEnter() ? FlushInTurnAsync() : new ValueTask<bool>(true);

    private ValueTask<bool> FlushInTurnAsync()
    {
        var write = _flow.Output.FlushAsync();
        if (!write.IsCompletedSuccessfully)
            return FinishFlushAsync(write);
        LeaveTurn();
        return write;
    }

    private async ValueTask<bool> FinishFlushAsync(ValueTask<bool> write)
    {
        try
        {
            return await write.ConfigureAwait(false);
        }
        finally
        {
            LeaveTurn();
        }
    }

    private void FlushLater()
    {
        if (Interlocked.Exchange(ref _flushPosted, 1) == 0)
            _connection.Loop.Post(_flush ??= OnFlushPosted);
    }

    private void OnFlushPosted()
    {
        Volatile.Write(ref _flushPosted, 0);
        // The turn keeps it from outliving the connection; a client that is gone is found by whoever reads.
        if (_flow.Output.Count > 0)
            _ = FlushAsync();
    }
}
