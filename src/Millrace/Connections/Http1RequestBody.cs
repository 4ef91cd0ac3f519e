using Millrace.Messages;
using Millrace.Protocol.Http1;
using Millrace.Protocol.Semantics;
using Millrace.Transport;

namespace Millrace.Connections;

/// <summary>
/// The body of one request on an HTTP/1 connection. Data comes from the connection's input as long as there is some, and then straight from the
/// socket into the reader's own memory.
/// </summary>
internal sealed partial class Http1RequestBody : RequestBody
{
    // Into less memory than this nothing is received directly: many small reads would be as many system calls.
    private const int DirectReadMin = 1024;

    private readonly RequestHandler _handler;
    private readonly Http1Exchange _exchange;
    private readonly Http1Body _framing;
    private readonly long? _length;
    private ExclusiveUse _use;
    private BodyPace _pace;
    private LoopTurn _turn;
    private bool _begun;
    private bool _clientWaits;
    private bool _broken;
    private volatile bool _ended;

    public Http1RequestBody(RequestHandler handler, Http1Exchange exchange, RawRequestMessage head)
    {
        _handler = handler;
        _exchange = exchange;
        _clientWaits = head.ExpectContinue;
        if (head.Framing == BodyFraming.Chunked)
        {
            var chunked = new ChunkedBody(handler.Server.Limits);
            chunked.Start();
            _framing = chunked;
        }
        else
        {
            var counted = new LengthBody();
            counted.Start(head.ContentLength);
            _framing = counted;
            _length = head.ContentLength;
        }
    }

    public override long? Length => _length;

    public override IReadOnlyList<KeyValuePair<string, string>> Trailers
    {
        get
        {
            ObjectDisposedException.ThrowIf(_ended, typeof(Request));
            return _framing is ChunkedBody { IsComplete: true } chunked ? TrailersOf(chunked) : [];
        }
    }

    internal override bool HasBegun => _begun;

    private protected override bool IsReceived => _framing.IsComplete;

    /// <summary>True if the client ended or reset the connection before the end of the body.</summary>
    public bool IsCutOff { get; private set; }

    /// <summary>True while a read is under way.</summary>
    public bool IsInUse => _use.IsInUse;

    private protected override async ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Enter();
        try
        {
            if (buffer.IsEmpty)
                return 0;
            _begun = true;
            while (true)
            {
                // Given up while it waited.
                ObjectDisposedException.ThrowIf(_ended, typeof(Request));
                int count = Take(buffer.Span);
                if (count > 0 || _framing.IsComplete)
                    return count;
                if (_clientWaits)
                {
                    _clientWaits = false;
                    await _exchange.ContinueAsync().ConfigureAwait(false);
                }
                count = await ReceiveFromSocketAsync(buffer, cancellationToken).ConfigureAwait(false);
                if (count > 0)
                    return count;
            }
        }
        finally
        {
            _use.Leave();
        }
    }

    /// <summary>The request is over: from here on every read throws. Completes when a read that was still under way has ended.</summary>
    public Task CloseAsync()
    {
        _ended = true;
        return _use.WhenLeftAsync();
    }

    private void Enter()
    {
        ObjectDisposedException.ThrowIf(_ended, typeof(Request));
        if (!_use.TryEnter())
            throw new InvalidOperationException("Another read of this body is under way: await each before the next.");
        if (!_ended && !_broken)
            return;
        _use.Leave();
        ObjectDisposedException.ThrowIf(_ended, typeof(Request));
        throw Fault(ProtocolFault.UnexpectedEnd);
    }

    /// <summary>Takes data out of the input: as much as is there and fits.</summary>
    private int Take(Span<byte> buffer)
    {
        ref var input = ref _handler.Input;
        int taken = 0;
        while (taken < buffer.Length)
        {
            // No more is shown than fits: data that is found counts as used.
            var unread = input.Unread;
            var shown = unread[..Math.Min(unread.Length, buffer.Length - taken)];
            var step = _framing.Read(shown, out int consumed, out int start, out int length);
            shown.Slice(start, length).CopyTo(buffer[taken..]);
            taken += length;
            input.Use(consumed);
            _pace.Received(consumed);
            // A client that sends does not wait to be told (RFC 9110 section 10.1.1).
            _clientWaits &= consumed == 0;
            if (step == BodyStep.Fault)
                throw Fault(_framing.Fault);
            if (step == BodyStep.Complete || (step == BodyStep.NeedMore && input.IsEmpty))
                break;
        }
        return taken;
    }

    /// <summary>Receives from the socket: data into <paramref name="buffer"/>, or what has framing in it into the input (then 0).</summary>
    private async ValueTask<int> ReceiveFromSocketAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        long direct = _framing.ReadableWithoutFraming;
        bool isDirect = direct > 0 && buffer.Length >= DirectReadMin;
        var target = isDirect ? buffer[..(int)Math.Min(direct, buffer.Length)] : _handler.Input.Free();
        var receive = _handler.Connection.ReadAsync(target);
        bool waits = !receive.IsCompletedSuccessfully;
        int n = waits ? await AwaitReceiveAsync(receive, cancellationToken).ConfigureAwait(false) : receive.Result;
        if (n > 0 && isDirect)
        {
            _framing.Skip(n);
            _pace.Received(n);
        }
        else if (n > 0)
        {
            _handler.Input.Filled(n);
        }
        else if (n != Connection.Interrupted)
        {
            throw Gone();
        }
        await TakeTurnAsync(waits, n).ConfigureAwait(false);
        return isDirect ? Math.Max(n, 0) : 0;
    }

    /// <summary>A client that sends as fast as it is read must let its loop's other connections through.</summary>
    private async ValueTask TakeTurnAsync(bool waited, int count)
    {
        if (waited)
            _turn = default;
        _turn.Read(count);
        if (!_turn.IsOver)
            return;
        _turn = default;
        await _handler.Connection.Loop.YieldAsync();
    }

    private async ValueTask<int> AwaitReceiveAsync(ValueTask<int> receive, CancellationToken cancellationToken)
    {
        var deadline = _handler.ReadDeadline;
        StartWait(Wait.Body, _handler.Server.Options.BodyTimeout);
        using var registration = cancellationToken.UnsafeRegister(static connection => ((Connection)connection!).Interrupt(), _handler.Connection);
        int n = await receive.ConfigureAwait(false);
        bool expired = !deadline.Stop();
        bool inTime = _pace.End(Now) && !expired;
        if (n == Connection.Interrupted)
            cancellationToken.ThrowIfCancellationRequested();
        if (!inTime && (n > 0 || n == Connection.Interrupted))
            throw TooLate();
        return n;
    }

    private static List<KeyValuePair<string, string>> TrailersOf(ChunkedBody chunked)
    {
        var trailers = new List<KeyValuePair<string, string>>(chunked.Trailers.Count);
        foreach (var field in chunked.Trailers.Fields)
        {
            trailers.Add(new(
                System.Text.Encoding.Latin1.GetString(field.Name(chunked.TrailerBytes)),
                System.Text.Encoding.Latin1.GetString(field.Value(chunked.TrailerBytes))));
        }
        return trailers;
    }

    private long Now => _handler.Connection.Loop.Clock.Milliseconds;

    private void StartWait(Wait wait, TimeSpan limit) =>
        _handler.ReadDeadline.Start(wait, _pace.Begin(Now, limit, _handler.Server.Options));

    private HttpException TooLate()
    {
        _handler.Cause = EndFor(_pace.Fault);
        return Fault(_pace.Fault);
    }

    private static ConnectionEnd EndFor(ProtocolFault fault) => fault switch
    {
        ProtocolFault.BodyTooSlow => ConnectionEnd.BodyTooSlow,
        ProtocolFault.RequestTimeout => ConnectionEnd.RequestTimeout,
        _ => ConnectionEnd.BodyTimeout,
    };

    private HttpException Fault(ProtocolFault fault)
    {
        _broken = true;
        _handler.NoteFault(fault);
        return ProtocolRefusal.Of(fault);
    }

    private IOException Gone()
    {
        _broken = IsCutOff = true;
        return new IOException("The client closed the connection before it had sent the whole body.");
    }
}
