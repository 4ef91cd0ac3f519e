using System.Net;
using Microsoft.Extensions.Time.Testing;

namespace Millrace.Tests.Applications;

/// <summary>A request passed on with something changed.</summary>
public sealed class CloneTests
{
    private static readonly RequestKey<string> Mark = new("mark");

    [Theory]
    [InlineData("/old/x?y=1", "new x 1 outer")]
    [InlineData("/to-sub/x", "sub x sub,outer")]
    [InlineData("/to-nothing", "404")]
    [InlineData("/plain", "plain outer")]
    public async Task Another_path_is_resolved_anew(string target, string expected)
    {
        var app = new Application
        {
            Middlewares =
            {
                Named("outer"),
                (request, next) => next(request.Path switch
                {
                    "/old/x" => request.Clone(target: request.RawTarget.Replace("old", "new", StringComparison.Ordinal)),
                    "/to-sub/x" => request.Clone(target: "/sub/x"),
                    "/to-nothing" => request.Clone(target: "/nothing"),
                    _ => request,
                }),
            },
        };
        app.AddRoutes(Get("/new/{x}", request => Response.Text($"new {request.Match["x"]} {request.Query["y"]}")), Get("/plain", request => Response.Text("plain")));
        var sub = new Application { Middlewares = { Named("sub") } };
        sub.AddRoutes(Get("/{x}", request => Response.Text($"sub {request.Match["x"]}")));
        app.AddSubApplication("/sub", sub);
        await using var server = new RunningServer(Kind.InMemory, app);
        var response = await server.GetAsync(target);
        string seen = string.Join(",", response.Fields.Where(field => field.Key == "Seen").Select(field => field.Value));
        Assert.Equal(expected, response.Status == 404 ? "404" : $"{response.Text} {seen}");
    }

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task A_clone_has_what_was_changed_and_all_the_rest(Kind kind)
    {
        var app = new Application
        {
            Middlewares =
            {
                (request, next) =>
                {
                    request.Set(Mark, "kept");
                    return next(request.Clone(scheme: "https", host: "Other:81", remote: new IPEndPoint(IPAddress.Parse("1.2.3.4"), 5), headers: [new("X-New", "ü"), new("Content-Type", "text/x")]));
                },
            },
        };
        app.AddRoutes(Post("/{x}", async request =>
            Response.Text($"{request.Method} {request.Scheme} {request.Host} {request.Remote} {request.Match["x"]} {request.Headers["x-new"]} {request.ContentType} {request.Headers.Count} {request.Get(Mark)} {await request.TextAsync()}")));
        await using var server = new RunningServer(kind, app);
        using var client = await server.ConnectAsync();
        for (int i = 0; i < 2; i++)
        {
            await client.SendAsync("POST /a%20b HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody");
            Assert.Equal("POST https Other:81 1.2.3.4 a b ü text/x 2 kept body", (await client.ReadAsync()).Text);
        }
    }

    [Fact]
    public async Task A_clone_shares_the_answer_and_ends_with_its_request()
    {
        Request? kept = null;
        var app = new Application { Middlewares = { (request, next) => next(kept = request.Clone(method: "POST")) } };
        app.AddRoutes(Route("*", "/", async Task<StreamResponse> (request) =>
        {
            var response = new StreamResponse();
            await response.PrepareAsync(request);
            await response.WriteAsync(request.Method);
            return response;
        }));
        await using var server = new RunningServer(Kind.InMemory, app);
        Assert.Equal("POST", (await server.GetAsync("/")).Text);
        Assert.Throws<ObjectDisposedException>(() => kept!.RawTarget);
    }

    [Fact]
    public async Task What_cannot_be_cloned_is_refused()
    {
        await using var server = new RunningServer(Kind.InMemory,
        [
            Post("/", async request =>
            {
                Assert.Throws<ArgumentException>(() => request.Clone(method: "G T"));
                Assert.Throws<ArgumentException>(() => request.Clone(target: "relative"));
                Assert.Throws<ArgumentException>(() => request.Clone(target: "/a b"));
                Assert.Throws<ArgumentException>(() => request.Clone(target: "/\r\n"));
                Assert.Throws<ArgumentException>(() => request.Clone(target: ""));
                foreach (string target in new[] { "/\u20AC", "/gr\u00FCn", "/a?b=\u4E2D", "/\uD800", "/\u007F" })
                    Assert.Contains("Uri.EscapeDataString", Assert.Throws<ArgumentException>(() => request.Clone(target: target)).Message, StringComparison.Ordinal);
                Assert.Throws<ArgumentException>(() => request.Clone(scheme: "ftp"));
                Assert.Throws<ArgumentException>(() => request.Clone(host: "a b"));
                Assert.Throws<ArgumentException>(() => request.Clone(headers: [new("X", "a\r\nb")]));
                await request.ReadAsync();
                Assert.Throws<InvalidOperationException>(() => request.Clone());
                return Response.Text("ok");
            }),
        ]);
        Assert.Equal("ok", (await server.AskAsync("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx")).Text);
    }

    [Fact]
    public async Task A_body_that_was_begun_cannot_be_cloned_and_one_that_was_only_looked_at_can()
    {
        await using var server = new RunningServer(Kind.InMemory,
        [
            Post("/{how}", async request =>
            {
                switch (request.Match["how"])
                {
                    case "piece":
                        await request.Body.ReadAsync(new byte[1]);
                        break;
                    case "form":
                        await request.PostAsync();
                        break;
                    case "part":
                        await request.Multipart().NextAsync();
                        break;
                    case "stream":
                        await request.Body.AsStream().ReadExactlyAsync(new byte[1]);
                        break;
                    case "nothing":
                        _ = request.Body.Length;
                        _ = request.Multipart();
                        await request.Body.ReadAsync(Memory<byte>.Empty);
                        break;
                }
                try
                {
                    return Response.Text($"{(await request.Clone().ReadAsync()).Length}");
                }
                catch (InvalidOperationException e)
                {
                    return Response.Text(e.Message);
                }
            }),
        ]);
        const string Body = "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--b--\r\n";
        foreach (string how in new[] { "piece", "form", "part", "stream", "nothing" })
        {
            string answer = (await server.AskAsync($"POST /{how} HTTP/1.1\r\nHost: a\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: {Body.Length}\r\n\r\n{Body}")).Text;
            if (how == "nothing")
                Assert.Equal($"{Body.Length}", answer);
            else
                Assert.StartsWith("The body has been read, in part at least: clone the request before", answer, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("/tight", 413)]
    [InlineData("/loose", 200)]
    [InlineData("/own", 413)]
    [InlineData("/from-tight", 200)]
    public async Task The_body_limit_of_the_route_that_it_finds_holds(string target, int status)
    {
        var app = new Application
        {
            Middlewares =
            {
                (request, next) =>
                {
                    if (request.Path == "/own")
                        request.BodyBytesMax = 1;
                    return next(request.Path switch
                    {
                        "/tight" => request.Clone(target: "/limited"),
                        "/loose" or "/own" => request.Clone(target: "/free"),
                        "/from-tight" => request.Clone(target: "/free"),
                        _ => request,
                    });
                },
            },
        };
        app.AddRoutes(
            Post("/limited", ReadAsync).LimitBody(2), Post("/free", ReadAsync),
            Post("/tight", ReadAsync), Post("/loose", ReadAsync).LimitBody(2), Post("/own", ReadAsync), Post("/from-tight", ReadAsync).LimitBody(0));
        await using var server = new RunningServer(Kind.InMemory, app);
        Assert.Equal(status, (await server.AskAsync($"POST {target} HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc")).Status);

        static async Task<Response> ReadAsync(Request request)
        {
            await request.ReadAsync();
            return Response.Text("read");
        }
    }

    [Theory]
    [InlineData("/quick", false, true)]
    [InlineData("/quick", true, true)]
    [InlineData("/patient", false, false)]
    [InlineData("/patient", true, false)]
    [InlineData("/unknown", false, true)]
    [InlineData("/unknown", true, true)]
    public async Task The_time_limit_of_the_route_that_it_finds_holds_also_when_it_is_passed_on_late(string target, bool isLate, bool isGivenUp)
    {
        var time = new FakeTimeProvider();
        var gate = new Gate();
        var passing = new Gate();
        var app = new Application
        {
            Middlewares =
            {
                async (request, next) =>
                {
                    if (isLate)
                        await passing.PassAsync();
                    return await next(request.Clone(target: target == "/patient" ? "/slow" : "/limited"));
                },
            },
        };
        app.AddRoutes(
            Get("/limited", WaitAsync).Timeout(TimeSpan.FromSeconds(5)),
            Get("/slow", WaitAsync),
            Get("/quick", WaitAsync),
            Get("/patient", WaitAsync).Timeout(TimeSpan.FromSeconds(5)));
        await using var server = new RunningServer(Kind.InMemory, app, new ServerOptions { TimeProvider = time, KeepAliveTimeout = Timeout.InfiniteTimeSpan });
        using var client = await server.ConnectAsync();
        await client.GetAsync(target);
        if (isLate)
        {
            await passing.Arrived;
            time.Advance(TimeSpan.FromSeconds(4));
            passing.Open();
        }
        await gate.Arrived;
        time.Advance(TimeSpan.FromSeconds(4.9));
        Assert.Equal(0, client.InMemory.BytesFromServer);
        time.Advance(TimeSpan.FromSeconds(0.2));
        if (!isGivenUp)
            gate.Open();
        Assert.Equal(isGivenUp ? 504 : 200, (await client.ReadAsync()).Status);
        gate.Open();

        async Task<Response> WaitAsync(Request request)
        {
            await gate.PassAsync();
            return Response.Text("answered");
        }
    }

    [Fact]
    public async Task The_time_limit_of_a_route_in_a_domain_of_a_domain_holds_too()
    {
        var time = new FakeTimeProvider();
        var gate = new Gate();
        var app = new Application { Middlewares = { (request, next) => next(request.Clone(target: "/limited")) } };
        var inner = app.AddDomain("*", new Application()).AddDomain("a", new Application());
        inner.AddRoutes(Get("/limited", async Task<Response> (request) =>
        {
            await gate.PassAsync();
            return new Response();
        }).Timeout(TimeSpan.FromSeconds(5)));
        await using var server = new RunningServer(Kind.InMemory, app, new ServerOptions { TimeProvider = time, KeepAliveTimeout = Timeout.InfiniteTimeSpan });
        using var client = await server.ConnectAsync();
        await client.GetAsync("/unknown");
        await gate.Arrived;
        time.Advance(TimeSpan.FromSeconds(6));
        bool isGivenUp = client.InMemory.BytesFromServer > 0;
        gate.Open();
        Assert.Equal((true, 504), (isGivenUp, (await client.ReadAsync()).Status));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_route_that_ends_with_its_client_does_so_for_a_clone(bool isLate)
    {
        var gate = new Gate();
        var passing = new Gate();
        var app = new Application
        {
            Middlewares =
            {
                async (request, next) =>
                {
                    if (isLate)
                        await passing.PassAsync();
                    return await next(request.Clone(target: "/search"));
                },
            },
        };
        app.AddRoutes(Get("/search", async request =>
        {
            await gate.PassAsync();
            return Response.Text("nobody is there");
        }).CancelOnDisconnect());
        await using var server = new RunningServer(Kind.InMemory, app);
        using var counts = new Counts(server);
        using var client = await server.ConnectAsync();
        await client.GetAsync("/");
        if (isLate)
        {
            await passing.Arrived;
            passing.Open();
        }
        await gate.Arrived;
        client.Reset();
        await server.ConnectionsEndedAsync();
        Assert.Equal(1, counts["millrace.handlers.given_up"]);
        gate.Open();
        await Deadline.UntilAsync(() => counts["millrace.handlers.given_up"] == 0, "the end of the handler");
    }

    private static Middleware Named(string name) => async (request, next) =>
    {
        var response = await next(request);
        response.Headers.Add("Seen", name);
        return response;
    };
}
