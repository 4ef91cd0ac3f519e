using System.Net;
using Millrace.Protocol.Semantics;
using Millrace.Telemetry;
using Millrace.Transport;
using Millrace.Transport.Tls;

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
internal sealed partial class RequestHandler
{
    // A client with endless pipelined requests must let its loop's other connections through. So must a first request that is there
    // as soon as its connection: the listener's callback has to return before a handler runs, which may block.
    private const int RequestsPerTurn = 64;

    private readonly Server _server;
    private readonly Connection _connection;
    private readonly TlsHandshake? _handshake;
    private readonly Http1Exchange _exchange;
    private InputBuffer _input;
    private HeadReader? _reader;
    private long _firstHeadDue;
    private bool _headIsTimed;
    private int _requestsInTurn = RequestsPerTurn;

    public RequestHandler(Server server, Connection connection, TlsHandshake? handshake)
    {
        _server = server;
        if (handshake is not null)
            connection = new TlsConnection(connection);
        _handshake = handshake;
        _connection = connection;
        _input = new InputBuffer(connection.Loop.Buffers);
        Output = new Http1Output(server, connection);
        ReadDeadline = new ConnectionDeadline(connection);
        _exchange = new Http1Exchange(this);
    }

    public Server Server => _server;

    public Connection Connection => _connection;

    /// <summary>The peer, or whom a trusted proxy speaks for.</summary>
    public EndPoint? RemoteEndPoint
    {
        get => field ?? _connection.RemoteEndPoint;
        set;
    }

    /// <summary>The bytes received and not used yet; a body reads on from here.</summary>
    public ref InputBuffer Input => ref _input;

    public Http1Output Output { get; }

    public ConnectionDeadline ReadDeadline { get; }

    /// <summary>Starts the flow; it takes itself out of the server's registry at its end.</summary>
    public void Start() => _ = RunAsync();

    /// <summary>Starts the flow on its loop, from anywhere.</summary>
    public void StartLater() => _connection.Loop.Post(Start);

    /// <summary>The number of requests that were begun.</summary>
    public long RequestCount { get; private set; }

    public void NoteFault(ProtocolFault fault) => NoteFault(ProtocolFaults.Name(fault));

    public void NoteFault(string name)
    {
        _server.Metrics.ProtocolFault(name);
        _server.Logger.RequestRefused(name);
    }

    private async Task RunAsync()
    {
        _server.Metrics.ConnectionOpened();
        long? opened = _server.Metrics.MeasuresConnections ? _server.Options.TimeProvider.GetTimestamp() : null;
        var end = ConnectionEnd.InternalError;
        try
        {
            end = IsRefused ? await TurnAwayAsync().ConfigureAwait(false) : await ServeAsync().ConfigureAwait(false);
            if (LingersAfter(end))
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
            _server.Metrics.ConnectionEnded(end.ToString(), opened is { } start ? _server.Options.TimeProvider.GetElapsedTime(start) : null);
            _server.Remove(this);
        }
    }

    private async Task<ConnectionEnd> ServeAsync()
    {
        if (await OpenAsync().ConfigureAwait(false) is { } failure)
            return failure;
        while (true)
        {
            var read = _input.IsEmpty ? ReadResult.NeedMore : ReadHead();
            if (read == ReadResult.NeedMore)
            {
                if (Output.Count > 0 && !await Output.FlushAsync().ConfigureAwait(false))
                    return Unsent;
                int n;
                if (_input.IsEmpty)
                {
                    ReleaseWhatIdleNeedsNot();
                    var wait = _connection.WaitReadableAsync();
                    if (!wait.IsCompleted)
                        BeginTurn();
                    await wait.ConfigureAwait(false);
                    // Not by a read that waits: woken for bytes already read, it would hold its buffer as long as the connection is idle.
                    n = _connection.TryRead(_input.Free().Span);
                }
                else
                {
                    StartHeadTime();
                    n = await _connection.ReadAsync(_input.Free()).ConfigureAwait(false);
                }
                if (n > 0)
                    _input.Filled(n);
                else if (n is not (Connection.Interrupted or Connection.NothingYet))
                    return n == Connection.EndOfStream && _input.IsEmpty ? ConnectionEnd.ClientClosed : ConnectionEnd.ClientGone;
                else if (ReadDeadline.HasExpired)
                    return await EndWaitAsync().ConfigureAwait(false);
                continue;
            }
            if (read == ReadResult.Fault)
                return await RefuseAsync(_reader!.Fault, ConnectionEnd.ProtocolFault).ConfigureAwait(false);
            if (++_requestsInTurn > RequestsPerTurn)
            {
                BeginTurn();
                await _connection.Loop.YieldAsync();
            }
            var request = BeginRequest();
            var answer = _exchange.Invoke(request);
            var response = answer is { IsCompletedSuccessfully: true, Result: Response { IsPrepared: false } made }
                ? made : await _exchange.AwaitAnswerAsync(request, answer).ConfigureAwait(false);
            if (!_exchange.TryAnswerAtOnce(request, response) && !await _exchange.AnswerAsync(request, response).ConfigureAwait(false))
                return BreakOff();
            await _exchange.EndAsync(request).ConfigureAwait(false);
            _input.LetGo();
            _reader?.Reset();
            if (!_exchange.KeepAlive)
                return !await Output.FlushAsync().ConfigureAwait(false) ? Unsent : Cause ?? ConnectionEnd.Completed;
            if (_input.IsEmpty)
                StartIdle(_server.Options.KeepAliveTimeout);
        }
    }

    private void BeginTurn()
    {
        _requestsInTurn = 0;
        Output.BeginTurn();
    }

    /// <summary>What stands in front of the first request: the header of a proxy, the handshake of TLS. Null if they went well.</summary>
    private async ValueTask<ConnectionEnd?> OpenAsync()
    {
        StartFirstWait();
        if (_server.Options.Proxies is { ProxyProtocol: true } proxies && proxies.Trusts(RemoteEndPoint) && await ProxyHeaderReading.ReadAsync(this).ConfigureAwait(false) is { } end)
            return end;
        if (_handshake is null)
            return null;
        var failure = await _handshake.MakeAsync(this, (TlsConnection)_connection).ConfigureAwait(false);
        if (failure is null && _stopping)
            ReadDeadline.Start(Wait.FirstRequest, FirstRequestAfterHandshake);
        else if (failure is null)
            StartFirstWait();
        return failure;
    }

    private ReadResult ReadHead()
    {
        _reader ??= _server.HeadReaders.Rent();
        return _reader.Read(_input.Unread);
    }

    private Request BeginRequest()
    {
        RequestCount++;
        ReadDeadline.Stop();
        _headIsTimed = false;
        _firstHeadDue = 0;
        var head = _reader!.Head;
        var (buffer, start) = _input.UseAndHold(head.Length);
        return _exchange.Begin(head, buffer, start);
    }

    /// <summary>A client that connects and sends nothing has the time of a head, but nothing to be told.</summary>
    private void StartFirstWait()
    {
        _firstHeadDue = _connection.Loop.Clock.Milliseconds + (long)_server.Options.HeadTimeout.TotalMilliseconds;
        StartIdle(_server.Options.HeadTimeout);
    }

    /// <summary>Begins a wait that ends at once when the server stops.</summary>
    public void StartIdle(TimeSpan timeout)
    {
        ReadDeadline.Start(Wait.NextRequest, timeout);
        if (_stoppingNow)
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
        ReleaseReader();
    }

    /// <summary>The head was used, or is kept elsewhere: the reader serves others.</summary>
    public void ReleaseReader()
    {
        if (_reader is null)
            return;
        _server.HeadReaders.Return(_reader);
        _reader = null;
    }

    private async ValueTask CloseAsync()
    {
        await _exchange.CloseAsync().ConfigureAwait(false);
        _connection.Loop.Timers.Remove(ReadDeadline);
        Output.Close();
        _input.Release();
        ReleaseReader();
        _connection.Close();
    }
}
