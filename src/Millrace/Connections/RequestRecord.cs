using System.Net;
using Millrace.Telemetry;

namespace Millrace.Connections;

/// <summary>What is noted of one request while it runs, if anybody wants to know.</summary>
internal sealed class RequestRecord(Server server, RequestHandler flow)
{
    private readonly long _start = server.Options.TimeProvider.GetTimestamp();
    private readonly long _sentBefore = flow.Output.Total;

    /// <summary>The response whose head was written.</summary>
    public StreamResponse? Response { get; private set; }

    /// <summary>Its status; 0 while there is none.</summary>
    public int Status { get; private set; }

    /// <summary>A client was refused before there was a request.</summary>
    public static ValueTask RefusedAsync(Server server, RequestHandler flow, int status, int bytes) =>
        server.AccessLog is { IsEnabled: true } log
            ? LogAsync(server, log, new AccessRecord(null, null, flow.RemoteEndPoint) { Status = status, BytesSent = bytes, Start = server.Options.TimeProvider.GetLocalNow() })
            : ValueTask.CompletedTask;

    public void Answer(StreamResponse response, int status)
    {
        Response = response;
        Status = status;
    }

    /// <summary>The request is over and can still be read.</summary>
    public ValueTask EndAsync(Request request)
    {
        var time = server.Options.TimeProvider;
        var duration = time.GetElapsedTime(_start);
        return server.AccessLog is { } log
            ? LogAsync(server, log, new AccessRecord(request, Response, RemoteOf(request))
            {
                Status = Status,
                BytesSent = flow.Output.Total - _sentBefore,
                Start = time.GetLocalNow() - duration,
                Duration = duration,
            })
            : ValueTask.CompletedTask;
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
