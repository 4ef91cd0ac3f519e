using System.Net;
using Millrace.Handling;
using Millrace.Messages;
using Millrace.Protocol.Http1;
using Millrace.Protocol.Semantics;
using Millrace.Telemetry;
using Millrace.Transport;

namespace Millrace.Connections;

/// <summary>
/// One connection and the one asynchronous flow that runs it, from the first byte to the close (aiohttp: RequestHandler).
/// </summary>
/// <remarks>
/// <para>
/// The flow reads a head, calls the handler, writes the response, clears away what is left of the body, and begins again. The next head is
/// parsed only after that: requests wait as bytes, in the socket if there are many, never in a queue of ours.
/// </para>
/// <para>
/// A request that is all there and a handler that answers at once make no await in between: on the epoll transport everything from the
/// readable socket to the written response happens in one callback of the loop. Responses collect in the output and leave together when
/// the input has no further whole request, or when a handler makes the flow wait.
/// </para>
/// </remarks>
internal sealed class RequestHandler : Exchange
{
    // A client with endless pipelined requests must let its loop's other connections through. So must a first request that is there
    // as soon as its connection: the listener's callback has to return before a handler runs, which may block.
    private const int RequestsPerTurn = 64;

    // From here on a body is sent from where it is instead of being copied behind its head.
    private const int CopiedBodyBytesMax = 2048;

    private readonly Server _server;
    private readonly Connection _connection;
    private readonly OutputGate _gate = new();
    private InputBuffer _input;
    private HeadReader? _reader;
    private Request? _request;
    private Http1RequestBody? _body;
    private Http1ResponseWriter? _writer;
    private long _firstHeadDue;
    private bool _headIsTimed;
    private bool _keepAlive;
    private bool _watchesClient;
    private volatile bool _stopping;

    public RequestHandler(Server server, Connection connection)
    {
        _server = server;
        _connection = connection;
        _input = new InputBuffer(connection.Loop.Buffers);
        Output = new Http1Output(server, connection);
        ReadDeadline = new ConnectionDeadline(connection);
    }

    public override string Scheme => "http";

    public override EndPoint? RemoteEndPoint => _connection.RemoteEndPoint;

    public override EndPoint? LocalEndPoint => _connection.LocalEndPoint;

    public override bool IsOnLoop => _connection.Loop.IsLedByCaller;

    public override long Milliseconds => _connection.Loop.Clock.Milliseconds;

    public Server Server => _server;

    public Connection Connection => _connection;

    /// <summary>The bytes received and not used yet; a body reads on from here.</summary>
    public ref InputBuffer Input => ref _input;

    public Http1Output Output { get; }

    public ConnectionDeadline ReadDeadline { get; }

    /// <summary>Starts the flow; it takes itself out of the server's registry at its end.</summary>
    public void Start() => _ = RunAsync();

    /// <summary>Ends the connection after the request it is at; at once if it is idle.</summary>
    public void Stop()
    {
        _stopping = true;
        // Pairs with the fence in ConnectionDeadline.Start: either StartIdle sees the flag, or this sees the wait.
        Interlocked.MemoryBarrier();
        ReadDeadline.ExpireIfIdle();
    }

    /// <summary>Ends the connection at once. A handler that still runs learns it from its token.</summary>
    public void Abort() => _connection.Abort();

    public void NoteFault(ProtocolFault fault)
    {
        string name = ProtocolFaults.Name(fault);
        _server.Metrics.ProtocolFault(name);
        _server.Logger.RequestRefused(name);
    }

    public override void StepAside() => _connection.Loop.StepAside();

    public override bool WatchClient()
    {
        if (!_watchesClient)
        {
            _watchesClient = true;
            _connection.WatchPeer(OnClientClosed);
        }
        return _connection.PeerClosed;
    }

    public override async ValueTask<ResponseWriter> StartAsync(Request request, StreamResponse response)
    {
        using var turn = await _gate.EnterAsync().ConfigureAwait(false);
        if (!request.TryAnswer())
            throw new InvalidOperationException("The request has been answered: a request gets one response.");
        var framing = AppendHead(request, response, response.DeclaredLength ?? ResponseFraming.UnknownLength);
        _writer = new Http1ResponseWriter(Output, framing, response);
        return await Output.FlushAsync().ConfigureAwait(false) ? _writer : throw Http1ResponseWriter.ClientGone();
    }

    /// <summary>Tells a client that waits for it to go on with its body (RFC 9110 section 10.1.1), unless its answer has begun.</summary>
    public async ValueTask ContinueAsync()
    {
        using var turn = await _gate.EnterAsync().ConfigureAwait(false);
        if (_request is not { IsAnswered: false })
            return;
        Output.Append(ResponseHeadWriter.Continue);
        await Output.FlushAsync().ConfigureAwait(false);
    }

    private async Task RunAsync()
    {
        _server.Metrics.ConnectionOpened();
        var end = ConnectionEnd.InternalError;
        try
        {
            end = await ServeAsync().ConfigureAwait(false);
            if (end is ConnectionEnd.Completed or ConnectionEnd.ProtocolFault or ConnectionEnd.HeadTimeout)
                await LingerAsync().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            _server.Logger.ConnectionFailed(e);
            _connection.Abort();
        }
        finally
        {
            await CloseAsync().ConfigureAwait(false);
            _server.Metrics.ConnectionEnded(end.ToString());
            _server.Remove(this);
        }
    }

    private async Task<ConnectionEnd> ServeAsync()
    {
        int requestsInTurn = RequestsPerTurn;
        // A client that connects and sends nothing has the time of a head, but nothing to be told.
        _firstHeadDue = _connection.Loop.Clock.Milliseconds + (long)_server.Options.HeadTimeout.TotalMilliseconds;
        StartIdle(_server.Options.HeadTimeout);
        while (true)
        {
            var read = _input.IsEmpty ? ReadResult.NeedMore : ReadHead();
            if (read == ReadResult.NeedMore)
            {
                if (Output.Count > 0 && !await Output.FlushAsync().ConfigureAwait(false))
                    return Output.HasTimedOut ? ConnectionEnd.WriteTimeout : ConnectionEnd.ClientGone;
                if (_input.IsEmpty)
                {
                    ReleaseWhatIdleNeedsNot();
                    var wait = _connection.WaitReadableAsync();
                    if (!wait.IsCompleted)
                        requestsInTurn = 0;
                    if (!await wait.ConfigureAwait(false) && ReadDeadline.HasExpired)
                        LookOnceMore();
                }
                else
                {
                    StartHeadTime();
                }
                int n = await _connection.ReadAsync(_input.Free()).ConfigureAwait(false);
                if (n > 0)
                    _input.Filled(n);
                else if (n != Connection.Interrupted)
                    return n == Connection.EndOfStream && _input.IsEmpty ? ConnectionEnd.ClientClosed : ConnectionEnd.ClientGone;
                else if (ReadDeadline.HasExpired)
                    return await EndWaitAsync().ConfigureAwait(false);
                continue;
            }
            if (read == ReadResult.Fault)
                return await RefuseAsync(_reader!.Fault, ConnectionEnd.ProtocolFault).ConfigureAwait(false);
            if (++requestsInTurn > RequestsPerTurn)
            {
                requestsInTurn = 0;
                await _connection.Loop.YieldAsync();
            }
            ReadDeadline.Stop();
            _headIsTimed = false;
            _firstHeadDue = 0;
            var request = BeginRequest();
            var answer = _server.Invoke(request);
            var response = answer is { IsCompletedSuccessfully: true, Result: { IsPrepared: false } made } ? made : await AwaitAnswerAsync(request, answer).ConfigureAwait(false);
            if (!TryAnswerAtOnce(request, response) && !await AnswerAsync(request, response).ConfigureAwait(false))
                return BreakOff();
            if (_body is not null && _keepAlive)
                _keepAlive = await _body.TryDrainAsync().ConfigureAwait(false);
            if (_body is not null || _writer is not null)
                await CloseStreamsAsync().ConfigureAwait(false);
            EndRequest(request);
            if (!_keepAlive)
                return !await Output.FlushAsync().ConfigureAwait(false) ? ConnectionEnd.ClientGone
                    : ReadDeadline.HasExpiredIn(Wait.Lingering) ? ConnectionEnd.LingeringTimeout : ConnectionEnd.Completed;
            if (_input.IsEmpty)
                StartIdle(_server.Options.KeepAliveTimeout);
        }
    }

    private ReadResult ReadHead()
    {
        _reader ??= _server.HeadReaders.Rent();
        return _reader.Read(_input.Unread);
    }

    private void StartIdle(TimeSpan timeout)
    {
        ReadDeadline.Start(Wait.NextRequest, timeout);
        if (_stopping)
            ReadDeadline.ExpireIfIdle();
    }

    private void StartHeadTime()
    {
        if (_headIsTimed)
            return;
        _headIsTimed = true;
        var left = _firstHeadDue == 0 || _server.Options.HeadTimeout == Timeout.InfiniteTimeSpan
            ? _server.Options.HeadTimeout
            : TimeSpan.FromMilliseconds(Math.Max(1, _firstHeadDue - _connection.Loop.Clock.Milliseconds));
        ReadDeadline.Start(Wait.Head, left);
    }

    /// <summary>The connection is to close for being idle, but a request may have come just now: the next read takes what is there and does not wait.</summary>
    private void LookOnceMore() => _connection.Interrupt();

    /// <summary>Nothing came in time: a client in the middle of a head is told so.</summary>
    private async ValueTask<ConnectionEnd> EndWaitAsync()
    {
        if (_headIsTimed)
            return await RefuseAsync(ProtocolFault.HeadTimeout, ConnectionEnd.HeadTimeout).ConfigureAwait(false);
        return _stopping ? ConnectionEnd.ServerStopped : ConnectionEnd.KeepAliveTimeout;
    }

    private void ReleaseWhatIdleNeedsNot()
    {
        _input.ReleaseIfEmpty();
        if (_reader is not null)
        {
            _server.HeadReaders.Return(_reader);
            _reader = null;
        }
    }

    private Request BeginRequest()
    {
        var head = _reader!.Head;
        var (array, start) = _input.UseAndHold(head.Length);
        bool hasBody = head.Framing == BodyFraming.Chunked || head.ContentLength > 0;
        _body = hasBody ? new Http1RequestBody(this, head) : null;
        var request = new Request(this, new HeadView(head, array, start), _body is null ? EmptyBody.Instance : _body, _server.Options.BodyBytesMax);
        Volatile.Write(ref _request, request);
        return request;
    }

    private void EndRequest(Request request)
    {
        request.End();
        Volatile.Write(ref _request, null);
        _body = null;
        _writer = null;
        _input.LetGo();
        _reader!.Reset();
    }

    /// <summary>The handler takes its time: what was answered before goes out now, then its answer is awaited.</summary>
    private async ValueTask<StreamResponse?> AwaitAnswerAsync(Request request, ValueTask<StreamResponse> answer)
    {
        if (Output.Count > 0)
        {
            using var turn = await _gate.EnterAsync().ConfigureAwait(false);
            // A lost connection shows again when the answer is written; the handler is awaited all the same.
            if (!request.IsAnswered)
                await Output.FlushAsync().ConfigureAwait(false);
        }
        try
        {
            return ErrorResponses.Checked(await answer.ConfigureAwait(false), begun: _writer?.Response);
        }
        catch (Exception e)
        {
            return ResponseTo(e, request);
        }
    }

    /// <summary>The response for what a handler threw; null if its own has begun and cannot be made good.</summary>
    private Response? ResponseTo(Exception exception, Request request)
    {
        bool clientIsGone = (_connection.PeerClosed || _body is { IsCutOff: true }) && exception is OperationCanceledException or IOException;
        if (!clientIsGone && _writer is not null)
            _server.Logger.ResponseBroken(request.Method, request.RawTarget, exception);
        else if (!clientIsGone && ErrorResponses.IsOurFault(exception))
            _server.Logger.HandlerFailed(request.Method, request.RawTarget, exception);
        return _writer is null ? ErrorResponses.For(exception) : null;
    }

    /// <summary>Puts a response whose body is known and small into the output. That is nearly every response.</summary>
    private bool TryAnswerAtOnce(Request request, StreamResponse? response)
    {
        if (response is not Response { IsPrepared: false } whole || !request.TryAnswer() || _body is { IsInUse: true } || Output.Count > OutputBuffer.FlushAt)
            return false;
        int length = whole.BodyText is { } text ? System.Text.Encoding.UTF8.GetByteCount(text) : whole.BodyBytes.Length;
        if (length > CopiedBodyBytesMax)
            return false;
        if (!AppendHead(request, whole, length).HasBody)
            return true;
        if (whole.BodyText is null)
            Output.Append(whole.BodyBytes.Span);
        else
            Output.AppendText(whole.BodyText, length);
        return true;
    }

    /// <summary>Sends every other response: a large one, a streamed one, none at all. False if it was broken off.</summary>
    private async ValueTask<bool> AnswerAsync(Request request, StreamResponse? response)
    {
        try
        {
            if (response is null)
                return false;
            // Somebody whom the handler left behind may be at the output just now.
            await _gate.PassAsync().ConfigureAwait(false);
            if (response is Response { IsPrepared: false } whole && _writer is null)
            {
                var body = whole.Body;
                bool hasBody = AppendHead(request, whole, body.Length).HasBody;
                return await Output.SendAsync(hasBody ? body : default).ConfigureAwait(false);
            }
            await response.PrepareAsync(request).ConfigureAwait(false);
            await response.WriteEofAsync().ConfigureAwait(false);
            return true;
        }
        catch (Exception e)
        {
            _ = ResponseTo(e, request);
            return false;
        }
    }

    /// <summary>Decides how the response is framed and whether the connection goes on, and writes the head.</summary>
    private ResponseFraming AppendHead(Request request, StreamResponse response, long length)
    {
        var head = request.View.Head;
        bool keepAlive = head.KeepAlive && !response.ClosesConnection && !_server.IsStopping && _body is not { EndsConnection: true };
        var framing = ResponseFraming.Decide(head.Method, response.Status, head.MinorVersion, length, keepAlive);
        _keepAlive = framing.KeepAlive;
        Output.AppendHead(response, framing, head.MinorVersion);
        return framing;
    }

    private async ValueTask<ConnectionEnd> RefuseAsync(ProtocolFault fault, ConnectionEnd end)
    {
        NoteFault(fault);
        Output.AppendRefusal(fault);
        return await Output.FlushAsync().ConfigureAwait(false) ? end : ConnectionEnd.ClientGone;
    }

    /// <summary>The response cannot be finished: the client must see that it is not whole.</summary>
    private ConnectionEnd BreakOff()
    {
        bool clientIsGone = _connection.PeerClosed;
        _connection.Abort();
        return Output.HasTimedOut ? ConnectionEnd.WriteTimeout : clientIsGone ? ConnectionEnd.ClientGone : ConnectionEnd.ResponseBroken;
    }

    /// <summary>
    /// Says that nothing follows and reads away what the client still sends: closing over unread bytes would reset the connection
    /// and could take the last response from the client (RFC 9112 section 9.6).
    /// </summary>
    private async ValueTask LingerAsync()
    {
        _connection.CompleteWrites();
        ReadDeadline.Start(Wait.Lingering, _server.Options.LingeringTimeout);
        while (true)
        {
            _input.Release();
            if (await _connection.WaitReadableAsync().ConfigureAwait(false))
            {
                int n = await _connection.ReadAsync(_input.Free()).ConfigureAwait(false);
                if (n is Connection.EndOfStream or Connection.Lost)
                    break;
            }
            if (ReadDeadline.HasExpired)
                break;
        }
        ReadDeadline.Stop();
    }

    private void OnClientClosed()
    {
        try
        {
            Volatile.Read(ref _request)?.Abort();
        }
        catch (AggregateException e)
        {
            _server.Logger.AbortCallbackFailed(e);
        }
    }

    /// <summary>
    /// Ends what a handler may have left running: a read or write of its own that it did not await. It is cut short, and with it the connection,
    /// because nobody knows how far it has come.
    /// </summary>
    private async ValueTask CloseStreamsAsync()
    {
        var reads = _body?.CloseAsync() ?? Task.CompletedTask;
        var writes = _writer?.CloseAsync() ?? Task.CompletedTask;
        if (reads.IsCompleted && writes.IsCompleted)
            return;
        _keepAlive = false;
        _connection.Abort();
        await reads.ConfigureAwait(false);
        await writes.ConfigureAwait(false);
    }

    private async ValueTask CloseAsync()
    {
        if (_request is { } request)
        {
            _ = request.TryAnswer();
            await _gate.PassAsync().ConfigureAwait(false);
            await CloseStreamsAsync().ConfigureAwait(false);
            EndRequest(request);
        }
        _connection.Loop.Timers.Remove(ReadDeadline);
        Output.Close();
        _input.Release();
        if (_reader is not null)
            _server.HeadReaders.Return(_reader);
        _connection.Close();
    }
}
