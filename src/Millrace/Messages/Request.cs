using System.Net;
using System.Runtime.ExceptionServices;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Millrace.Messages;
using Millrace.Protocol.Semantics;

namespace Millrace;

/// <summary>
/// One request of a client (aiohttp: Request). It lives until its handler has answered: what is asked of it later is either
/// answered with its own data or refused with an <see cref="ObjectDisposedException"/>, never with another request's.
/// </summary>
public sealed partial class Request
{
    private readonly Exchange _exchange;
    private readonly HeadView _view;
    private readonly RequestBody _body;
    private readonly RequestSettings _settings;
    private RequestBody? _decodedBody;
    private string? _path;
    private string? _queryString;
    private RequestHeaders? _headers;
    private RequestQuery? _query;
    private RequestCookies? _cookies;
    private byte[]? _bodyBytes;
    private ExceptionDispatchInfo? _bodyFailure;
    private ForwardedClient? _client;
    private CancellationTokenSource? _aborted;
    private int _answered;

    // Below zero where nobody has set it.
    private long _bodyBytesMax = -1;

    internal Request(Exchange exchange, HeadView view, RequestBody body, RequestSettings settings)
    {
        _exchange = exchange;
        _view = view;
        _body = body;
        _settings = settings;
        KnownMethod = view.Head.Method;
        Method = KnownMethod == KnownMethod.Other ? Encoding.ASCII.GetString(view.Head.MethodToken(view.Bytes)) : Methods.Name(KnownMethod);
    }

    /// <summary>The method, as sent; methods are case-sensitive (RFC 9110 section 9.1).</summary>
    public string Method { get; }

    /// <summary>The path of the target, percent-decoded but for <c>%2F</c> and <c>%25</c>, so that it splits where the client meant it to.</summary>
    /// <exception cref="ObjectDisposedException">The request has ended.</exception>
    public string Path => _path ??= _view.Take(0, static (view, _) => PercentCodec.DecodeKeepingSlashes(view.Path));

    /// <summary>The target exactly as sent (RFC 9112 section 3.2).</summary>
    /// <exception cref="ObjectDisposedException">The request has ended.</exception>
    public string RawTarget => _view.Take(0, static (view, _) => Encoding.Latin1.GetString(view.Head.Target.Whole(view.Bytes)));

    /// <summary>The query of the target as sent, without its question mark; empty when there is none.</summary>
    /// <exception cref="ObjectDisposedException">The request has ended.</exception>
    public string QueryString => _queryString ??= _view.Take(0, static (view, _) => Encoding.Latin1.GetString(view.Head.Target.Query(view.Bytes)));

    /// <summary>The parameters of the query, decoded.</summary>
    /// <exception cref="ObjectDisposedException">The request has ended.</exception>
    public RequestQuery Query => _query ??= new RequestQuery(QueryString);

    /// <summary>The HTTP version: 1.0 or 1.1.</summary>
    /// <exception cref="ObjectDisposedException">The request has ended.</exception>
    public Version Version => _view.Take(0, static (view, _) => view.Head.MinorVersion) == 0 ? HttpVersion.Version10 : HttpVersion.Version11;

    /// <summary>The header fields.</summary>
    public RequestHeaders Headers => _headers ??= new RequestHeaders(_view);

    /// <summary>The cookies.</summary>
    /// <exception cref="ObjectDisposedException">The request has ended.</exception>
    public RequestCookies Cookies => _cookies ??= new RequestCookies(Headers.GetValues("Cookie"));

    /// <summary>The Content-Type field, or null.</summary>
    /// <exception cref="ObjectDisposedException">The request has ended.</exception>
    public string? ContentType => Headers.Find(KnownField.ContentType);

    /// <summary>The host and port the client asked for: of an absolute target, else of the Host field; empty if HTTP/1.0 sent none (RFC 9110 section 7.2).</summary>
    /// <exception cref="ObjectDisposedException">The request has ended.</exception>
    public string Host => Client.Host;

    /// <summary><c>http</c> or <c>https</c>, by whether the connection is encrypted; what a client claims is not believed, what a trusted proxy says is (<see cref="ServerOptions.Proxies"/>).</summary>
    /// <exception cref="ObjectDisposedException">The request has ended.</exception>
    public string Scheme => Client.Scheme;

    /// <summary>The address of the client: of the connection's peer, or as trusted proxies say (<see cref="ServerOptions.Proxies"/>); null for a Unix socket.</summary>
    /// <exception cref="ObjectDisposedException">The request has ended.</exception>
    public EndPoint? RemoteEndPoint => Client.EndPoint;

    /// <summary>The IP address of the client as text (aiohttp: <c>request.remote</c>); null for a Unix socket.</summary>
    public string? Remote => (RemoteEndPoint as IPEndPoint)?.Address.ToString();

    /// <summary>The address the client connected to.</summary>
    /// <exception cref="ObjectDisposedException">The request has ended.</exception>
    public EndPoint? LocalEndPoint => _view.Take(_exchange, static (_, exchange) => exchange.LocalEndPoint);

    /// <summary>What was agreed on for the encrypted connection that the request came on; null if it is not encrypted, whatever a proxy in front says.</summary>
    /// <exception cref="ObjectDisposedException">The request has ended.</exception>
    public TlsInfo? Tls => _view.Take(_exchange, static (_, exchange) => exchange.Tls);

    /// <summary>The certificate that the client showed and the server accepted (<see cref="TlsOptions.ClientCertificates"/>), or null (aiohttp: <c>get_extra_info("peercert")</c>).</summary>
    /// <exception cref="ObjectDisposedException">The request has ended.</exception>
    public X509Certificate2? ClientCertificate => Tls?.ClientCertificate;

    /// <summary>What the route's pattern matched: <c>request.Match["name"]</c>.</summary>
    public RouteMatch Match => new(_view, Destination);

    /// <summary>The body, to be read piece by piece; decoded, if the server is set to (<see cref="ServerOptions.DecodeBodies"/>) and the client encoded it.</summary>
    /// <exception cref="HttpException">The body's coding is unknown here (415).</exception>
    /// <exception cref="ObjectDisposedException">The request has ended.</exception>
    public RequestBody Body => _decodedBody ??= _settings.Decoding is { } limits ? DecodedBody.Over(_body, Headers.Find(KnownField.ContentEncoding), limits) : _body;

    /// <summary>
    /// Most bytes of the body that <see cref="ReadAsync"/>, <see cref="TextAsync"/> and <see cref="JsonAsync{T}(CancellationToken)"/> collect, and of a whole form. Default: what the
    /// route says (<see cref="Route.LimitBody"/>), else <see cref="ServerOptions.BodyBytesMax"/>. Set it before the first read. 0 takes no body at all;
    /// <see cref="long.MaxValue"/> sets no limit but that of an array, about 2 GB, for what is collected.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to a negative number.</exception>
    public long BodyBytesMax
    {
        get => _bodyBytesMax >= 0 ? _bodyBytesMax : Destination?.BodyBytesMax ?? _settings.BodyBytesMax;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            _bodyBytesMax = value;
        }
    }

    /// <summary>
    /// Cancelled as soon as the client is seen to close its side of the connection or to reset it. A client that closed only its side
    /// still gets the answer of a handler that goes on.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The request has ended.</exception>
    public CancellationToken Aborted => (Origin._aborted ?? Origin.WatchClient()).Token;

    internal KnownMethod KnownMethod { get; }

    private ForwardedClient Client => _client ??= FindClient();

    /// <summary>Where the router sent the request; null before it did, and where there is no router.</summary>
    internal Destination? Destination { get; set; }

    internal HeadView View => _view;

    internal Exchange Exchange => _exchange;

    /// <summary>Reads the whole body (aiohttp: <c>read()</c>). A second call returns the same bytes, or fails as the first did.</summary>
    /// <exception cref="HttpException">The body is larger than <see cref="BodyBytesMax"/> (413), malformed (400) or too slow (408).</exception>
    /// <exception cref="IOException">The client closed the connection before the end of the body.</exception>
    public async ValueTask<ReadOnlyMemory<byte>> ReadAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        // What a read that failed had collected is gone: the rest must never pass for the whole.
        _bodyFailure?.Throw();
        try
        {
            return _bodyBytes ??= await Body.ReadAllAsync(BodyBytesMax, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not InvalidOperationException)
        {
            _bodyFailure = ExceptionDispatchInfo.Capture(e);
            throw;
        }
    }

    /// <summary>Reads the whole body as text in the charset of Content-Type, UTF-8 by default (aiohttp: <c>text()</c>).</summary>
    /// <exception cref="HttpException">The charset is unknown or the body is not valid in it (415), or as in <see cref="ReadAsync"/>.</exception>
    /// <exception cref="IOException">The client closed the connection before the end of the body.</exception>
    public async ValueTask<string> TextAsync(CancellationToken cancellationToken = default)
    {
        var bytes = await ReadAsync(cancellationToken).ConfigureAwait(false);
        return BodyText.Decode(bytes.Span, Charset);
    }

    /// <summary>True once somebody has begun to answer: the handler with <see cref="StreamResponse.PrepareAsync"/>, or the connection with what it returned.</summary>
    internal bool IsAnswered => Volatile.Read(ref Origin._answered) != 0;

    /// <summary>True for the first caller, who answers; a request gets one response.</summary>
    internal bool TryAnswer() => Interlocked.Exchange(ref Origin._answered, 1) == 0;

    /// <summary>
    /// Sends an interim response ahead of the answer, such as 103 Early Hints with Link fields (RFC 8297). Clients of HTTP/1.0 get none.
    /// </summary>
    /// <param name="status">102 to 199: 100 and 101 are the server's to send.</param>
    /// <param name="headers">Its fields.</param>
    /// <exception cref="ArgumentOutOfRangeException">The status is not one of these.</exception>
    /// <exception cref="InvalidOperationException">The answer has begun.</exception>
    /// <exception cref="IOException">The client is gone.</exception>
    public ValueTask SendInterimAsync(int status, ResponseHeaders headers)
    {
        ArgumentNullException.ThrowIfNull(headers);
        ArgumentOutOfRangeException.ThrowIfLessThan(status, 102);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(status, 199);
        _view.ThrowIfEnded();
        return _exchange.SendInterimAsync(this, status, headers);
    }

    internal async ValueTask<Stream> UpgradeAsync(UpgradeResponse response)
    {
        _view.ThrowIfEnded();
        if (HasPreparations)
            await AnnounceAsync(response).ConfigureAwait(false);
        return await _exchange.UpgradeAsync(this, response).ConfigureAwait(false);
    }

    internal async ValueTask<WebSocketChannel> OpenWebSocketAsync(WebSocketResponse response, KeyValuePair<string, string>[] handshake)
    {
        _view.ThrowIfEnded();
        if (HasPreparations)
            await AnnounceAsync(response).ConfigureAwait(false);
        return await _exchange.OpenWebSocketAsync(this, response, handshake).ConfigureAwait(false);
    }

    internal ValueTask<ResponseWriter> StartResponseAsync(StreamResponse response)
    {
        _view.ThrowIfEnded();
        return HasPreparations ? AnnounceAndStartAsync(response) : _exchange.StartAsync(this, response);
    }

    /// <summary>The client is gone: whoever holds the token learns it. The connection calls it, on its loop.</summary>
    internal void Abort() => Volatile.Read(ref _aborted)?.Cancel();

    internal void End()
    {
        _view.End();
        EndForms();
        EndClones();
        (_decodedBody as DecodedBody)?.End();
    }

    private ForwardedClient FindClient()
    {
        string host = _view.Take(0, static (view, _) => Encoding.Latin1.GetString(
            view.Head.Target.AuthorityLength > 0 ? view.Head.Target.Authority(view.Bytes) : view.Head.Value(view.Bytes, KnownField.Host)));
        var direct = new ForwardedClient(_exchange.RemoteEndPoint, _exchange.Scheme, host);
        return _settings.Proxies is null ? direct : _settings.Proxies.Resolve(direct, Headers);
    }

    private CancellationTokenSource WatchClient()
    {
        _view.ThrowIfEnded();
        var source = new CancellationTokenSource();
        if (Interlocked.CompareExchange(ref _aborted, source, null) is { } first)
            return first;
        if (_exchange.WatchClient())
            source.Cancel();
        return source;
    }
}
