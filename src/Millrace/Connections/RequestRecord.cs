using System.Diagnostics;
using System.Net;
using Millrace.Telemetry;

namespace Millrace.Connections;

/// <summary>What is noted of one request while it runs, if anybody wants to know: a logger of accesses, metrics or traces.</summary>
internal sealed class RequestRecord(Server server, RequestHandler flow)
{
    private readonly long _start = server.Options.TimeProvider.GetTimestamp();
    private readonly long _sentBefore = flow.Output.Total;
    private readonly AbstractAccessLogger? _log = server.AccessLog is { IsEnabled: true } log ? log : null;
    private StreamResponse? _response;
    private int _status;
    private Activity? _activity;

    // Null while it is not measured.
    private string? _method;
    private string _scheme = "";

    /// <summary>What the handler threw, if that is a fault of its own.</summary>
    public Exception? Failure { get; set; }

    /// <summary>A client was refused before there was a request.</summary>
    public static ValueTask RefusedAsync(Server server, RequestHandler flow, int status, int bytes) =>
        server.AccessLog is { IsEnabled: true } log
            ? LogAsync(server, log, new AccessRecord(null, null, flow.RemoteEndPoint) { Status = status, BytesSent = bytes, Start = server.Options.TimeProvider.GetLocalNow() })
            : ValueTask.CompletedTask;

    /// <summary>Runs the handler, inside the span of its request if somebody wants one.</summary>
    public ValueTask<StreamResponse> Invoke(Request request)
    {
        if (server.Metrics.MeasuresRequests)
        {
            _method = HttpNames.MethodOf(request);
            _scheme = request.Scheme;
            server.Metrics.RequestStarted(_method, _scheme);
        }
        return ServerTracing.IsOn ? InvokeInSpan(request) : server.Invoke(request);
    }

    /// <summary>The head of a response was written.</summary>
    public void Answer(StreamResponse response, int status)
    {
        _response = response;
        _status = status;
    }

    /// <summary>The request is over and can still be read.</summary>
    public ValueTask EndAsync(Request request)
    {
        var time = server.Options.TimeProvider;
        var outcome = new RequestOutcome(_status, Failure, time.GetElapsedTime(_start));
        if (_method is not null)
            server.Metrics.RequestEnded(request, _method, _scheme, outcome);
        if (_activity is not null)
            ServerTracing.Stop(_activity, request, outcome);
        return _log is not null
            ? LogAsync(server, _log, new AccessRecord(request, _response, RemoteOf(request))
            {
                Status = _status,
                BytesSent = flow.Output.Total - _sentBefore,
                Start = time.GetLocalNow() - outcome.Duration,
                Duration = outcome.Duration,
            })
            : ValueTask.CompletedTask;
    }

    private ValueTask<StreamResponse> InvokeInSpan(Request request)
    {
        try
        {
            return server.Invoke(request, asked => _activity = ServerTracing.Start(asked));
        }
        finally
        {
            // Also where the server has no context to go back to.
            Activity.Current = null;
        }
    }

    private EndPoint? RemoteOf(Request request) => server.Options.Proxies is null ? flow.RemoteEndPoint : request.RemoteEndPoint;

    private static async ValueTask LogAsync(Server server, AbstractAccessLogger log, AccessRecord record)
    {
        try
        {
            await log.LogAsync(record).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            server.Logger.AccessLoggerFailed(e);
        }
    }
}
