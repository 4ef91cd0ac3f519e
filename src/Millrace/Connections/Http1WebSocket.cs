using System.Net.WebSockets;
using System.Runtime.CompilerServices;
using Millrace.Messages;
using Millrace.Protocol.WebSockets;
using Millrace.Transport;
using Millrace.Transport.Buffers;
using Millrace.Transport.Clock;

namespace Millrace.Connections;

/// <summary>
/// A WebSocket on a connection that was HTTP/1 until its handshake. This part receives.
/// </summary>
/// <remarks>
/// <para>
/// While it waits it holds no buffer: one is rented when the socket becomes readable and returned when the last byte is used. A message that came whole is
/// handed out where it lies; one that did not is collected, the larger part of it straight from the socket.
/// </para>
/// <para>
/// Whoever holds <see cref="_receiving"/> reads; whoever has the turn of <see cref="_turns"/> writes. Frames that answer messages of one read
/// leave together: see <see cref="_moreFollows"/>.
/// </para>
/// </remarks>
internal sealed partial class Http1WebSocket : WebSocketChannel
{
    // As with pipelined requests: a client that never stops must let its loop's other connections through. A read counts as a message.
    private const int MessagesPerTurn = 64;

    // From here on the rest of a frame is received where the message is collected, without a copy.
    private const int DirectBytesMin = 2048;

    // Fragments may be this small on average, so that nothing but headers cannot keep the server busy for long.
    private const int FragmentBytesMin = 32;
    private const int FragmentsAlways = 4096;

    private readonly RequestHandler _flow;
    private readonly Connection _connection;
    private readonly WebSocketResponse _options;
    private readonly Alarm _alarm;
    private FrameReader _frames;
    private CollectedBytes _collected;
    private ExclusiveUse _receiving;
    private byte[]? _block;
    private int _start;
    private int _end;
    private int _messagesInTurn;

    public Http1WebSocket(RequestHandler flow, WebSocketResponse options)
    {
        _flow = flow;
        _connection = flow.Connection;
        _options = options;
        _alarm = new Alarm(_connection);
        _frames = new FrameReader(options.MessageBytesMax, Math.Max(FragmentsAlways, options.MessageBytesMax / FragmentBytesMin), compression: options.Deflate is not null);
        _collected = new CollectedBytes(Buffers);
        _lastReceived = Now;
        TakeWhatCameEarly();
    }

    /// <summary>What reading came to.</summary>
    private enum Step
    {
        Message,
        NeedBytes,
        NeedFlush,
        Over,
    }

    private BufferPool Buffers => _connection.Loop.Buffers;

    public override ValueTask<bool> ReceiveAsync(CancellationToken cancellationToken)
    {
        if (_isOver)
            return new ValueTask<bool>(false);
        if (!_receiving.TryEnter())
            throw new InvalidOperationException("Another receive of this WebSocket is under way: await each before the next.");
        Current = default;
        _collected.Release();
        if (cancellationToken.IsCancellationRequested || _messagesInTurn >= MessagesPerTurn)
            return ReceiveOnAsync(Step.NeedFlush, cancellationToken);
        var step = Advance();
        if (step != Step.Message)
            return ReceiveOnAsync(step, cancellationToken);
        _receiving.Leave();
        return new ValueTask<bool>(true);
    }

    /// <summary>Reads until there is a message or the end; leaves <see cref="_receiving"/>.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> ReceiveOnAsync(Step step, CancellationToken cancellationToken)
    {
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            long due = After(_options.ReceiveTimeout);
            using var registration = cancellationToken.UnsafeRegister(static connection => ((Connection)connection!).Interrupt(), _connection);
            while (true)
            {
                if (step == Step.Message)
                    return true;
                if (step == Step.Over)
                {
                    await EndReceivingAsync().ConfigureAwait(false);
                    return false;
                }
                _moreFollows = false;
                if (_flow.Output.Count > 0)
                    await FlushAsync().ConfigureAwait(false);
                if (_messagesInTurn >= MessagesPerTurn)
                {
                    _messagesInTurn = 0;
                    await _connection.Loop.YieldAsync();
                }
                step = step == Step.NeedFlush ? Advance()
                    : await WaitAsync(due).ConfigureAwait(false) ? TakeReceived()
                    : await LookAtTimeAsync(due, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            _receiving.Leave();
        }
    }

    /// <summary>Completes when a read would not wait: with true, or with false when there is something else to look at.</summary>
    private ValueTask<bool> WaitAsync(long due)
    {
        if (_start == _end)
            ReleaseBlock();
        var wait = _connection.WaitReadableAsync();
        if (!wait.IsCompleted)
        {
            _messagesInTurn = 0;
            _flow.Output.BeginTurn();
            SetAlarm(due);
        }
        return wait;
    }

    /// <summary>Reads once what is there.</summary>
    private Step TakeReceived()
    {
        bool isDirect = _start == _end && _frames.FrameBytesLeft >= DirectBytesMin && !_closeSent;
        var free = isDirect ? _collected.Free(_frames.FrameBytesLeft) : FreeInBlock();
        int n = _connection.TryRead(free);
        _messagesInTurn++;
        if (n is Connection.NothingYet or Connection.Interrupted)
            return Step.NeedBytes;
        if (n <= 0)
            return Lose();
        _lastReceived = Now;
        _pingSent = 0;
        if (!isDirect)
        {
            _end += n;
            return Advance();
        }
        if (_frames.Read(free[..n], out _, out _, out _) == FrameStep.Fault)
            return Fail(_frames.Fault);
        _collected.Filled(n);
        return _frames.IsMessageEnd ? Found(_collected.Written) : Step.NeedBytes;
    }

    /// <summary>Goes through the bytes that are there.</summary>
    private Step Advance()
    {
        while (true)
        {
            var bytes = _block.AsSpan(_start, _end - _start);
            var read = _frames.Read(bytes, out int consumed, out int start, out int length);
            int from = _start + start;
            _start += consumed;
            var step = read switch
            {
                FrameStep.Fault => Fail(_frames.Fault),
                FrameStep.Control => TakeControl(bytes.Slice(start, length)),
                FrameStep.Payload when !_closeSent => TakePayload(from, length),
                _ => Step.NeedBytes,
            };
            if (step != Step.NeedBytes || read == FrameStep.NeedMore)
                return step;
        }
    }

    private Step TakePayload(int from, int length)
    {
        if (_frames.IsMessageEnd && _collected.Count == 0)
            return Found(_block.AsMemory(from, length));
        _collected.Append(_block.AsSpan(from, length));
        return _frames.IsMessageEnd ? Found(_collected.Written) : Step.NeedBytes;
    }

    private Step Found(ReadOnlyMemory<byte> payload)
    {
        if (_frames.IsCompressed)
        {
            var fault = Inflate(payload.Span);
            if (fault != WebSocketFault.None)
                return Fail(fault);
            payload = _collected.Written;
        }
        Current = new WebSocketMessage(_frames.Opcode == Opcode.Text ? WebSocketMessageType.Text : WebSocketMessageType.Binary, payload);
        _messagesInTurn++;
        _moreFollows = FrameReader.StartsWithFrame(_block.AsSpan(_start, _end - _start));
        return Step.Message;
    }

    private Span<byte> FreeInBlock()
    {
        if (_block is null)
        {
            _block = Buffers.Rent();
            _start = _end = 0;
        }
        else if (_start > 0)
        {
            // A header or a control frame at most: a payload is used as it comes.
            _block.AsSpan(_start, _end - _start).CopyTo(_block);
            (_start, _end) = (0, _end - _start);
        }
        return _block.AsSpan(_end);
    }

    private void ReleaseBlock()
    {
        if (_block is null)
            return;
        Buffers.Return(_block);
        _block = null;
        _start = _end = 0;
    }

    /// <summary>Frames may have come behind the handshake in one segment. The connection's input is not needed any more.</summary>
    private void TakeWhatCameEarly()
    {
        var early = _flow.Input.Unread;
        if (!early.IsEmpty)
        {
            _block = Buffers.Rent(early.Length);
            early.CopyTo(_block);
            _end = early.Length;
        }
        _flow.Input.Release();
    }

    /// <summary>The one timer of a WebSocket. It stays where it is as long as what it stands for moves away; whoever it wakes looks what is due.</summary>
    private sealed class Alarm(Connection connection) : LoopTimer
    {
        protected internal override void OnDue() => connection.Interrupt();
    }
}
