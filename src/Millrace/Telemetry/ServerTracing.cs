using System.Diagnostics;
using System.Globalization;

namespace Millrace.Telemetry;

/// <summary>The span of a request, in the source <c>Millrace</c>, by the names of OpenTelemetry's HTTP conventions.</summary>
internal static class ServerTracing
{
    private static readonly ActivitySource Source = new("Millrace", typeof(ServerTracing).Assembly.GetName().Version?.ToString(3));

    /// <summary>Whether anybody listens.</summary>
    public static bool IsOn => Source.HasListeners();

    /// <summary>Begins the span, which is current from here on; null if nobody wants this one.</summary>
    public static Activity? Start(Request request)
    {
        // What was current when the server started is no parent of its requests.
        Activity.Current = null;
        var propagator = DistributedContextPropagator.Current;
        propagator.ExtractTraceIdAndState(request.Headers, GetField, out string? parent, out string? state);
        // What is no traceparent begins a trace of its own (W3C Trace Context section 3.2.2).
        _ = ActivityContext.TryParse(parent, state, isRemote: true, out var context);
        string method = HttpNames.MethodOf(request);
        if (Source.StartActivity(method == HttpNames.OtherMethod ? "HTTP" : method, ActivityKind.Server, context, KnownFromTheStart(request, method)) is not { } activity)
            return null;
        foreach (var (key, value) in propagator.ExtractBaggage(request.Headers, GetField) ?? [])
            activity.AddBaggage(key, value);
        return activity;
    }

    /// <summary>Ends the span.</summary>
    public static void Stop(Activity activity, Request request, RequestOutcome outcome)
    {
        if (activity.IsAllDataRequested)
            Describe(activity, request, outcome);
        activity.Stop();
    }

    private static void Describe(Activity activity, Request request, RequestOutcome outcome)
    {
        if (request.Destination?.RouteText is { } route)
        {
            activity.DisplayName = $"{activity.OperationName} {route}";
            activity.SetTag("http.route", route);
        }
        if (outcome.Status != 0)
            activity.SetTag("http.response.status_code", outcome.Status);
        if (outcome.Failure is { } failure)
            activity.AddException(failure);
        if (outcome.Error is { } error)
        {
            activity.SetTag("error.type", error);
            activity.SetStatus(ActivityStatusCode.Error);
        }
    }

    /// <summary>What a sampler can decide by.</summary>
    private static TagList KnownFromTheStart(Request request, string method)
    {
        var tags = new TagList
        {
            { "http.request.method", method },
            { "url.scheme", request.Scheme },
            { "network.protocol.version", HttpNames.VersionOf(request) },
        };
        if (method == HttpNames.OtherMethod)
            tags.Add("http.request.method_original", request.Method);
        AddUrl(ref tags, request.PathAndQuery);
        if (request.Headers["User-Agent"] is { } agent)
            tags.Add("user_agent.original", agent);
        if (request.Remote is { } client)
            tags.Add("client.address", client);
        if (request.Host is { Length: > 0 } host)
            AddServer(ref tags, host);
        return tags;
    }

    private static void AddUrl(ref TagList tags, string pathAndQuery)
    {
        int mark = pathAndQuery.IndexOf('?');
        tags.Add("url.path", mark < 0 ? pathAndQuery : pathAndQuery[..mark]);
        if (mark >= 0 && mark < pathAndQuery.Length - 1)
            tags.Add("url.query", WithoutValues(pathAndQuery[(mark + 1)..]));
    }

    // Values may be secrets: tokens, signatures, whatever an application puts there.
    private static string WithoutValues(string query) =>
        string.Join('&', query.Split('&').Select(pair => pair.IndexOf('=') is >= 0 and var equals ? pair[..equals] + "=Redacted" : pair));

    private static void AddServer(ref TagList tags, string host)
    {
        int colon = host.LastIndexOf(':');
        // The colons of an IPv6 address stand in brackets.
        if (colon > host.LastIndexOf(']') && ushort.TryParse(host.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out ushort port))
        {
            tags.Add("server.port", (int)port);
            host = host[..colon];
        }
        tags.Add("server.address", host);
    }

    private static void GetField(object? carrier, string name, out string? value, out IEnumerable<string>? values)
    {
        values = null;
        var all = ((RequestHeaders)carrier!).GetValues(name);
        // Lists may be sent in pieces (RFC 9110 section 5.3). A second traceparent makes both of them no traceparent.
        value = all.Count == 0 ? null : string.Join(",", all);
    }
}
