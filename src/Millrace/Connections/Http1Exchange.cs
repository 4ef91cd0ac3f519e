using System.Net;
using Millrace.Handling;
using Millrace.Messages;
using Millrace.Protocol.Http1;
using Millrace.Protocol.Semantics;
using Millrace.Telemetry;
using Millrace.Transport;
using Millrace.Transport.Tls;

namespace Millrace.Connections;

/// <summary>
/// One request after the other on an HTTP/1 connection: from the head that was read to the response in the output. The flow,
/// <see cref="RequestHandler"/>, begins and ends each; the handler's own reads and writes come in between.
/// </summary>
internal sealed partial class Http1Exchange(RequestHandler flow) : Exchange
{
    // From here on a body is sent from where it is instead of being copied behind its head.
    private const int CopiedBodyBytesMax = 2048;

    private readonly Server _server = flow.Server;
    private readonly Connection _connection = flow.Connection;
    private readonly Http1Output _output = flow.Output;
    private readonly OutputGate _gate = new();
    private Request? _request;
    private Http1RequestBody? _body;
    private Http1ResponseWriter? _writer;
    private Http1Tunnel? _tunnel;
    private Http1WebSocket? _webSocket;
    private bool _watchesClient;

    // Null while nobody wants to know.
    private RequestRecord? _record;

    public override string Scheme => _connection is TlsConnection ? "https" : "http";

    public override TlsInfo? Tls => field ??= _connection is TlsConnection secured ? new TlsInfo(secured.Session, secured.PeerCertificate) : null;

    public override EndPoint? RemoteEndPoint => flow.RemoteEndPoint;

    public override EndPoint? LocalEndPoint => _connection.LocalEndPoint;

    public override bool IsOnLoop => _connection.Loop.IsLedByCaller;

    public override long Milliseconds => _connection.Loop.Clock.Milliseconds;

    public override TimeProvider TimeProvider => _connection.Loop.Clock.TimeProvider;

    /// <summary>Whether the connection serves another request behind this one.</summary>
    public bool KeepAlive { get; private set; }

    /// <summary>True once a streamed response or another protocol has begun: then nothing can be answered any more.</summary>
    private bool HasBegun => _writer is not null || _tunnel is not null || _webSocket is not null;

    public Request Begin(RawRequestMessage head, byte[] buffer, int start)
    {
        bool hasBody = head.Framing == BodyFraming.Chunked || head.ContentLength > 0;
        _body = hasBody ? new Http1RequestBody(flow, this, head) : null;
        _record = _server.NotesRequests ? new RequestRecord(_server, flow) : null;
        var request = new Request(this, new HeadView(head, buffer, start), _body is null ? EmptyBody.Instance : _body, _server.RequestSettings);
        Volatile.Write(ref _request, request);
        return request;
    }

    /// <summary>Runs the handler.</summary>
    public ValueTask<StreamResponse> Invoke(Request request) => _record is null ? _server.Invoke(request) : _record.Invoke(request);

    /// <summary>The handler takes its time: what was answered before goes out now, then its answer is awaited.</summary>
    public async ValueTask<StreamResponse?> AwaitAnswerAsync(Request request, ValueTask<StreamResponse> answer)
    {
        if (_output.Count > 0)
        {
            using var turn = await _gate.EnterAsync().ConfigureAwait(false);
            // A lost connection shows again when the answer is written; the handler is awaited all the same.
            if (!request.IsAnswered)
                await _output.FlushAsync().ConfigureAwait(false);
        }
        StreamResponse? response = null;
        try
        {
            if ((_server.LimitsHandlers || request.Destination is { MayHaveRules: true }) && await GivesUpAsync(request, answer = answer.Preserve()).ConfigureAwait(false))
                return InsteadOfLateAnswer(request, answer.AsTask());
            response = await answer.ConfigureAwait(false);
            return _tunnel is null && _webSocket is null ? ErrorResponses.Checked(response, begun: _writer?.Response) : response;
        }
        catch (Exception e)
        {
            if (response is not null)
                await ReleaseAsync(response).ConfigureAwait(false);
            return ResponseTo(e, request);
        }
    }

    /// <summary>Puts a response whose body is known and small into the output. That is nearly every response.</summary>
    public bool TryAnswerAtOnce(Request request, StreamResponse? response)
    {
        if (response is not Response { IsPrepared: false } whole || request.HasPreparations || !request.TryAnswer() || !_gate.IsOpen || _body is { IsInUse: true } || _output.Count > OutputBuffer.FlushAt)
            return false;
        int length = whole.BodyLength;
        if (length > CopiedBodyBytesMax)
            return false;
        var verdict = ResponseCompression.Judge(whole, request);
        if (verdict == CodingVerdict.Changes || !whole.TryBorrowBody(out var body))
            return false;
        bool hasBody = AppendHead(request, whole, length, VaryFor(verdict)).HasBody;
        if (hasBody && whole.BodyText is { } text)
            _output.AppendText(text, length);
        else if (hasBody)
            _output.Append(body.Span);
        whole.ReturnBody();
        return true;
    }

    /// <summary>Sends every other response: a large one, a streamed one, none at all. False if it was broken off.</summary>
    public async ValueTask<bool> AnswerAsync(Request request, StreamResponse? response)
    {
        try
        {
            if (_webSocket is not null)
                return await CloseWebSocketAsync(failed: response is null).ConfigureAwait(false);
            if (response is null)
                return false;
            // Somebody whom the handler left behind may be at the output just now.
            await _gate.PassAsync().ConfigureAwait(false);
            if (_tunnel is not null)
                return true;
            if (response is Response { IsPrepared: false } whole && _writer is null)
            {
                if (request.HasPreparations)
                {
                    response = whole = await AnnounceAsync(request, whole).ConfigureAwait(false);
                    await _gate.PassAsync().ConfigureAwait(false);
                }
                if (whole.IsSpent)
                    response = whole = Renewed(request, whole);
                var verdict = ResponseCompression.Judge(whole, request);
                if (verdict == CodingVerdict.Changes)
                    whole = ResponseCompression.Encoded(whole, request);
                return await SendAsync(request, whole, VaryFor(verdict)).ConfigureAwait(false);
            }
            await response.PrepareAsync(request).ConfigureAwait(false);
            await response.WriteEofAsync().ConfigureAwait(false);
            return true;
        }
        catch (Exception e)
        {
            return ResponseTo(e, request) is { } instead && await SendInsteadAsync(request, instead).ConfigureAwait(false);
        }
        finally
        {
            if (response is not null)
                await ReleaseAsync(response).ConfigureAwait(false);
        }
    }

    private static ReadOnlySpan<byte> VaryFor(CodingVerdict verdict) => verdict == CodingVerdict.Varies ? "Accept-Encoding"u8 : [];

    private void OnClientClosed()
    {
        try
        {
            Volatile.Read(ref _wait)?.OnClientGone();
            Volatile.Read(ref _request)?.Abort();
        }
        catch (AggregateException e)
        {
            _server.Logger.AbortCallbackFailed(e);
        }
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
        using var turn = await EnterToAnswerAsync(request).ConfigureAwait(false);
        var framing = AppendHead(request, response, response.DeclaredLength ?? ResponseFraming.UnknownLength);
        _writer = new Http1ResponseWriter(_output, framing, response);
        return response.BodyFollowsAtOnce || await _output.FlushAsync().ConfigureAwait(false) ? _writer : throw Http1ResponseWriter.ClientGone();
    }

    public override async ValueTask<Stream> UpgradeAsync(Request request, UpgradeResponse response)
    {
        using var turn = await EnterToAnswerAsync(request).ConfigureAwait(false);
        KeepAlive = false;
        _tunnel = new Http1Tunnel(flow);
        _record?.Answer(response, response.WireStatus);
        _output.AppendUpgrade(response);
        LetGoOfHead(request);
        if (_body is null)
        {
            flow.Input.LetGo();
            flow.Input.ReleaseIfEmpty();
        }
        return await _output.FlushAsync().ConfigureAwait(false) ? _tunnel : throw Http1ResponseWriter.ClientGone();
    }

    public override async ValueTask SendInterimAsync(Request request, int status, ResponseHeaders headers)
    {
        using var turn = await _gate.EnterAsync().ConfigureAwait(false);
        if (request.IsAnswered)
            throw new InvalidOperationException("The answer has begun: interim responses come before it.");
        // RFC 9110 section 15.2: a client of HTTP/1.0 does not know them.
        if (request.View.Head.MinorVersion == 0)
            return;
        _output.AppendInterim(status, headers);
        if (!await _output.FlushAsync().ConfigureAwait(false))
            throw Http1ResponseWriter.ClientGone();
    }

    /// <summary>Tells a client that waits for it to go on with its body (RFC 9110 section 10.1.1), unless its answer has begun.</summary>
    public async ValueTask ContinueAsync()
    {
        using var turn = await _gate.EnterAsync().ConfigureAwait(false);
        if (_request is not { IsAnswered: false })
            return;
        _output.Append(ResponseHeadWriter.Continue);
        await _output.FlushAsync().ConfigureAwait(false);
    }

    private async ValueTask<OutputGate.Turn> EnterToAnswerAsync(Request request)
    {
        var turn = await _gate.EnterAsync().ConfigureAwait(false);
        if (request.TryAnswer())
            return turn;
        turn.Dispose();
        throw new InvalidOperationException("The request has been answered: a request gets one response.");
    }

    /// <summary>The response for what a handler threw; null if its own has begun and cannot be made good.</summary>
    private Response? ResponseTo(Exception exception, Request request)
    {
        if (exception is GracefulExit)
            _server.OnGracefulExit?.Invoke();
        bool clientIsGone = (_connection.PeerClosed || _body is { IsCutOff: true } || _webSocket is { CloseCode: > 0 }) && exception is OperationCanceledException or IOException;
        if (_webSocket is not null && !ErrorResponses.IsOurFault(exception))
            return null;
        if (!clientIsGone && (HasBegun || ErrorResponses.IsOurFault(exception)))
            NoteFailure(request, exception);
        return HasBegun ? null : _body is { IsCutOff: true } && clientIsGone ? ErrorResponses.ForCutOffBody() : ThrownAnswer(exception, request);
    }

    private Response ThrownAnswer(Exception exception, Request request)
    {
        try
        {
            return ErrorResponses.For(exception, request);
        }
        catch (Exception e)
        {
            // The handler's own kind of HttpException cannot say what it stands for.
            NoteFailure(request, e);
            return ErrorResponses.For(new InvalidOperationException(e.Message, e), request);
        }
    }

    private void NoteFailure(Request request, Exception exception)
    {
        _record?.Failure = exception;
        if (HasBegun)
            _server.Logger.ResponseBroken(request.Method, request.RawTarget, exception);
        else
            _server.Logger.HandlerFailed(request.Method, request.RawTarget, exception);
    }

    /// <summary>Decides how the response is framed and whether the connection goes on, and writes the head.</summary>
    private ResponseFraming AppendHead(Request request, StreamResponse response, long length, ReadOnlySpan<byte> vary = default)
    {
        var head = request.View.Head;
        // RFC 9110 section 15.5.14: a client whose content is too large is not heard out.
        bool isHeardOut = _body is null || (!_body.EndsConnection && (response is not Response { Status: 413 } || _body.TryDiscardReceived()));
        bool keepAlive = head.KeepAlive && !response.ClosesConnection && !_server.IsStopping && isHeardOut;
        var framing = ResponseFraming.Decide(head.Method, response.Status, head.MinorVersion, length, keepAlive);
        KeepAlive = framing.KeepAlive;
        _record?.Answer(response, response.Status);
        _output.AppendHead(response, framing, head.MinorVersion, vary);
        return framing;
    }
}
