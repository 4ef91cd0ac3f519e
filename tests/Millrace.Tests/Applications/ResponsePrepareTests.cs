namespace Millrace.Tests.Applications;

/// <summary>Receivers of OnResponsePrepare, and what a 500 tells (row 132).</summary>
public sealed class ResponsePrepareTests
{
    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task They_are_told_of_every_response_once_from_the_outermost_application(Kind kind)
    {
        var app = new Application();
        app.OnResponsePrepare.Add((request, response) => response.Headers.Add("Seen", $"outer {response.Status}"));
        app.OnResponsePrepare.Add(async (request, response) =>
        {
            await Task.Yield();
            response.Headers.Add("Seen", "later");
        });
        app.AddRoutes(Get("/", request => Response.Text("ok")), Get("/throws", request => throw new HttpNotFoundException()), Get("/large", request => Response.Text(new string('x', 100_000))), Get("/stream", StreamAsync), Post("/", async request => Response.Text(await request.TextAsync())));
        var sub = new Application();
        sub.OnResponsePrepare.Add((request, response) => response.Headers.Add("Seen", "inner"));
        sub.AddRoutes(Get("/x", request => Response.Text("ok")));
        app.AddSubApplication("/sub", sub);
        await using var server = new RunningServer(kind, app);
        using var client = await server.ConnectAsync();
        foreach (var (target, seen) in new[] { ("/", "outer 200|later"), ("/missing", "outer 404|later"), ("/throws", "outer 404|later"), ("/large", "outer 200|later"), ("/stream", "outer 200|later"), ("/sub/x", "outer 200|later|inner"), ("/sub/missing", "outer 404|later|inner") })
        {
            await client.GetAsync(target);
            Assert.Equal(seen, Seen(await client.ReadAsync()));
        }
        // Not for 100.
        await client.SendAsync("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\n");
        Assert.Equal("HTTP/1.1 100 Continue\r\n\r\n", await client.ReadHeadAsync());
        await client.SendAsync("x");
        Assert.Equal("outer 200|later", Seen(await client.ReadAsync()));
    }

    [Fact]
    public async Task They_are_told_of_the_answer_to_what_is_no_request()
    {
        var app = new Application();
        app.OnResponsePrepare.Add((request, response) => response.Headers.Add("Seen", $"{response.Status}"));
        await using var server = new RunningServer(Kind.InMemory, app);
        Assert.Equal("400", Seen(await server.AskAsync("GET / HTTP/1.1\r\n\r\n")));
    }

    [Fact]
    public async Task One_that_throws_makes_it_a_500()
    {
        var app = new Application();
        app.OnResponsePrepare.Add((request, response) => throw new InvalidOperationException("of the receiver"));
        app.AddRoutes(Get("/", request => Response.Text("ok")), Get("/stream", StreamAsync));
        await using var server = new RunningServer(Kind.InMemory, app);
        Assert.Equal(500, (await server.GetAsync("/")).Status);
        Assert.Equal("of the receiver", server.Log.TakeOne().Exception!.Message);
    }

    [Theory]
    [InlineData(false, "*/*", "text/plain; charset=utf-8", false)]
    [InlineData(false, "text/html,*/*", "text/html; charset=utf-8", false)]
    [InlineData(true, "*/*", "text/plain; charset=utf-8", true)]
    [InlineData(true, "text/HTML", "text/html; charset=utf-8", true)]
    public async Task Row_132_a_500_is_HTML_when_asked_and_tells_nothing_unless_debugging(bool debug, string accept, string type, bool tells)
    {
        var app = new Application { Debug = debug };
        app.AddSubApplication("/sub", new Application()).AddRoutes(Get("/", request => throw new InvalidOperationException("<secret>")));
        await using var server = new RunningServer(Kind.InMemory, app);
        var response = await server.AskAsync($"GET /sub/ HTTP/1.1\r\nHost: a\r\nAccept: {accept}\r\n\r\n");
        server.Log.TakeOne();
        Assert.Equal((500, type), (response.Status, response["Content-Type"]));
        Assert.Equal(tells, response.Text.Contains("secret", StringComparison.Ordinal));
        Assert.Equal(tells && !type.Contains("html", StringComparison.Ordinal), response.Text.Contains("<secret>", StringComparison.Ordinal));
    }

    private static string Seen(RawResponse response) => string.Join("|", response.Fields.Where(field => field.Key == "Seen").Select(field => field.Value));

    private static async Task<StreamResponse> StreamAsync(Request request)
    {
        var response = new StreamResponse();
        await response.PrepareAsync(request);
        await response.WriteAsync("x");
        return response;
    }
}
