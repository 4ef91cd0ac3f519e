using System.Diagnostics;

namespace Millrace.Tests.Telemetry;

/// <summary>The span of a request: its place in a trace, what it says, and that nobody else sees it.</summary>
public sealed class TracingTests
{
    private const string Parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    [Theory]
    [MemberData(nameof(TelemetryApp.Requests), MemberType = typeof(TelemetryApp))]
    public async Task Each_request_is_one_span_that_says_what_it_was_and_how_it_ended(Kind kind, string line, string route, int status, string error)
    {
        using var spans = new SpanRecorder();
        await using var server = new RunningServer(kind, TelemetryApp.Make());
        await TelemetryApp.AskAsync(server, line);
        var span = (await spans.EndedAsync(1))[0];
        string[] words = line.Split(' ');
        bool isKnown = words[0] != "BREW";
        string[] target = words[1].Split('?');
        var expected = new Dictionary<string, object?>
        {
            ["http.request.method"] = isKnown ? words[0] : "_OTHER",
            ["url.scheme"] = "http",
            ["url.path"] = target[0],
            ["server.address"] = "example.org",
            ["server.port"] = 81,
            ["user_agent.original"] = "tests",
            ["network.protocol.version"] = line[^3..],
            ["http.response.status_code"] = status,
        };
        if (kind != Kind.InMemory)
            expected["client.address"] = "127.0.0.1";
        if (!isKnown)
            expected["http.request.method_original"] = words[0];
        if (target.Length > 1)
            expected["url.query"] = "token=Redacted&plain";
        if (route.Length > 0)
            expected["http.route"] = route;
        if (error.Length > 0)
            expected["error.type"] = error;
        var tags = span.TagObjects.ToDictionary();
        if (kind == Kind.InMemory)
            tags.Remove("client.address");
        Assert.Equivalent(expected, tags, strict: true);
        string name = isKnown ? words[0] : "HTTP";
        Assert.Equal(route.Length > 0 ? $"{name} {route}" : name, span.DisplayName);
        Assert.Equal((ActivityKind.Server, "Millrace"), (span.Kind, span.Source.Name));
        Assert.Equal(error.Length > 0 ? ActivityStatusCode.Error : ActivityStatusCode.Unset, span.Status);
        Assert.Equal(error == "System.InvalidOperationException" ? ["exception"] : [], span.Events.Select(e => e.Name));
        Assert.Null(span.ParentId);
    }

    [Fact]
    public async Task An_exception_is_told_with_its_type_and_message()
    {
        using var spans = new SpanRecorder();
        await using var server = new RunningServer(Kind.InMemory, TelemetryApp.Make());
        await TelemetryApp.AskAsync(server, "GET /fails HTTP/1.1");
        var told = Assert.Single((await spans.EndedAsync(1))[0].Events).Tags.ToDictionary();
        Assert.Equal("System.InvalidOperationException", told["exception.type"]);
        Assert.Equal("a fault of the handler", told["exception.message"]);
    }

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task The_span_stands_below_that_of_the_caller(Kind kind)
    {
        using var spans = new SpanRecorder();
        await using var server = new RunningServer(kind, [Get("/", request => Response.Text(string.Join(",", Activity.Current!.Baggage.Select(pair => $"{pair.Key}={pair.Value}"))))]);
        var response = await server.AskAsync(
            $"GET / HTTP/1.1\r\nHost: a\r\nTraceparent: {Parent}\r\nTracestate: one=1\r\ntracestate: two=2\r\nBaggage: user=7,plan=free\r\n\r\n");
        Assert.Equal("user=7,plan=free", response.Text);
        var span = (await spans.EndedAsync(1))[0];
        Assert.Equal(Parent, span.ParentId);
        Assert.True(span.HasRemoteParent);
        Assert.Equal("one=1,two=2", span.TraceStateString?.Replace(" ", "", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331")]
    [InlineData("traceparent: 00-00000000000000000000000000000000-b7ad6b7169203331-01")]
    [InlineData("traceparent: 00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01")]
    [InlineData("traceparent: ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")]
    [InlineData("traceparent: 00-0AF7651916CD43DD8448EB211C80319C-B7AD6B7169203331-01")]
    [InlineData("traceparent: \u00ff\u00fe")]
    [InlineData("traceparent:")]
    [InlineData("tracestate: one=1")]
    [InlineData("baggage: ,,;=,%")]
    [InlineData("traceparent: " + Parent + "\r\ntraceparent: " + Parent)]
    public async Task What_makes_no_sense_begins_a_trace(string fields)
    {
        using var spans = new SpanRecorder();
        await using var server = new RunningServer(Kind.InMemory, TelemetryApp.Make());
        Assert.Equal(200, (await server.AskAsync($"GET / HTTP/1.1\r\nHost: a\r\n{fields}\r\n\r\n")).Status);
        var span = (await spans.EndedAsync(1))[0];
        Assert.Null(span.ParentId);
        Assert.NotEqual(Parent[3..35], span.TraceId.ToString());
        Assert.Null(span.TraceStateString);
    }

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task A_handler_and_what_it_awaits_see_the_span_of_their_own_request_and_nobody_elses(Kind kind)
    {
        using var atStart = new Activity("the start of the program").Start();
        using var spans = new SpanRecorder();
        await using var server = new RunningServer(kind, [Get("/{how}", async request =>
        {
            string before = Activity.Current?.SpanId.ToString() ?? "none";
            if (request.Match["how"] == "late")
                await Task.Yield();
            string after = Activity.Current?.SpanId.ToString() ?? "none";
            // Left as it is by a handler that does not clear up.
            new Activity("a child").Start();
            return Response.Text($"{before} {after}");
        })]);
        using var client = await server.ConnectAsync();
        var seen = new List<string>();
        foreach (string how in new[] { "once", "late", "once", "late" })
            seen.Add((await client.AskForAsync($"/{how}")).Text);
        await client.SendAsync(string.Concat(Enumerable.Repeat("GET /once HTTP/1.1\r\nHost: a\r\n\r\n", 3)));
        for (int i = 0; i < 3; i++)
            seen.Add((await client.ReadAsync()).Text);
        var ended = await spans.EndedAsync(7);
        Assert.Equal(ended.Select(span => $"{span.SpanId} {span.SpanId}"), seen);
        Assert.Equal(7, ended.Select(span => span.TraceId).Distinct().Count());
        Assert.All(ended, span => Assert.Null(span.ParentId));
        spans.Dispose();
        var unseen = (await client.AskForAsync("/late")).Text.Split(' ');
        Assert.DoesNotContain(unseen[0], ended.Select(span => span.SpanId.ToString()));
    }

    [Fact]
    public async Task A_request_that_no_sampler_wants_has_no_span()
    {
        using var spans = new SpanRecorder(ActivitySamplingResult.None);
        await using var server = new RunningServer(Kind.InMemory, [Get("/", request => Response.Text(Activity.Current is null ? "none" : "one"))]);
        Assert.Equal("none", (await server.GetAsync("/")).Text);
        await spans.EndedAsync(0);
    }

    [Fact]
    public async Task A_span_that_is_only_passed_on_is_not_described()
    {
        using var spans = new SpanRecorder(ActivitySamplingResult.PropagationData);
        await using var server = new RunningServer(Kind.InMemory, [Get("/", request => Response.Text(Activity.Current!.TraceId.ToString()))]);
        var response = await server.AskAsync($"GET / HTTP/1.1\r\nHost: a\r\ntraceparent: {Parent}\r\n\r\n");
        Assert.Equal(Parent[3..35], response.Text);
    }
}
