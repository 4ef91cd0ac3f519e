using Microsoft.Extensions.Logging;

namespace Millrace.Tests.Applications;

/// <summary>What stands around handlers, in which order, and what it may do (rows 165, 166).</summary>
public sealed class MiddlewareTests
{
    [Theory]
    [InlineData("GET", "/", 200, "A< B< C< C> B> A>")]
    [InlineData("GET", "/plain", 200, "A< B< B> A>")]
    [InlineData("GET", "/missing", 404, "A< B< B> A>")]
    [InlineData("PUT", "/", 405, "A< B< B> A>")]
    [InlineData("PURGE", "/missing", 501, "A< B< B> A>")]
    [InlineData("GET", "/sub/x", 200, "A< B< S< T< T> S> B> A>")]
    [InlineData("GET", "/sub/missing", 404, "A< B< S< S> B> A>")]
    [InlineData("GET", "/sub", 404, "A< B< S< S> B> A>")]
    [InlineData("GET", "/sub/deep/y", 200, "A< B< S< D< D> S> B> A>")]
    [InlineData("GET", "/sub/deep/missing", 404, "A< B< S< D< D> S> B> A>")]
    [InlineData("GET", "/subx", 404, "A< B< B> A>")]
    [InlineData("OPTIONS", "*", 200, "A< B< B> A>")]
    public async Task They_run_from_the_outermost_in_as_row_165_says(string method, string target, int status, string expected)
    {
        var seen = new List<string>();
        Middleware Named(string name) => async (request, next) =>
        {
            seen.Add(name + "<");
            var response = await next(request);
            seen.Add(name + ">");
            return response;
        };
        var app = new Application { Middlewares = { Named("A"), Named("B") } };
        app.AddRoutes(Get("/", Ok).Use(Named("C")), Get("/plain", Ok));
        var sub = new Application { Middlewares = { Named("S") } };
        sub.AddRoutes(Get("/x", Ok).Use(Named("T")));
        var deep = new Application { Middlewares = { Named("D") } };
        deep.AddRoutes(Get("/y", Ok));
        sub.AddSubApplication("/deep", deep);
        app.AddSubApplication("/sub", sub);
        await using var server = new RunningServer(Kind.InMemory, app);
        var response = await server.AskAsync($"{method} {target} HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
        Assert.Equal((status, expected), (response.Status, string.Join(" ", seen)));
    }

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task What_cannot_be_read_passes_them_and_is_refused_if_they_let_it_as_row_165_says(Kind kind)
    {
        var refusals = new List<(int, string, string)>();
        var app = new Application
        {
            Middlewares =
            {
                (request, next) =>
                {
                    refusals.Add((request.Refusal?.Status ?? 0, request.Method, request.Path));
                    return next(request);
                },
            },
        };
        await using var server = new RunningServer(kind, app);
        foreach (var (bytes, status) in new[] { ("GET / HTTP/1.1\r\n\r\n", 400), ("\u0016\u0003\u0001\r\n\r\n", 400), ($"GET /{new string('x', 9000)} HTTP/1.1\r\nHost: a\r\n\r\n", 414) })
        {
            using var client = await server.ConnectAsync();
            await client.SendAsync(bytes);
            var response = await client.ReadAsync();
            Assert.Equal(status, response.Status);
            Assert.True(response.Closes);
            await client.ExpectEndAsync();
            Assert.Equal((status, "UNKNOWN", "/"), refusals[^1]);
        }
        Assert.Equal(3, refusals.Count);
    }

    [Fact]
    public async Task They_may_answer_what_cannot_be_read_in_their_own_way()
    {
        var app = new Application { Middlewares = { (request, next) => request.Refusal is { Status: 400 } ? new(Response.Text("Pardon?", 400)) : next(request) } };
        await using var server = new RunningServer(Kind.InMemory, app);
        var response = await server.AskAsync("GET / HTTP/1.1\r\n\r\n");
        Assert.Equal((400, "Pardon?", true), (response.Status, response.Text, response.Closes));
    }

    [Fact]
    public async Task They_may_replace_the_response_answer_alone_throw_and_call_twice_as_row_166_says()
    {
        int calls = 0;
        var app = new Application
        {
            Middlewares =
            {
                async (request, next) => request.Query["do"] switch
                {
                    "replace" => Response.Text($"not {((Response)await next(request)).Status}"),
                    "alone" => Response.Text("alone"),
                    "refuse" => throw new HttpForbiddenException(),
                    "fail" => throw new InvalidOperationException("of the middleware"),
                    "twice" => await Task.Run(async () =>
                    {
                        await next(request);
                        return await next(request);
                    }),
                    "null" => null!,
                    _ => await next(request),
                },
            },
        };
        app.AddRoutes(Get("/", request => Response.Text($"call {++calls}")));
        await using var server = new RunningServer(Kind.InMemory, app);
        Assert.Equal("call 1", (await server.GetAsync("/")).Text);
        Assert.Equal("not 200", (await server.GetAsync("/?do=replace")).Text);
        Assert.Equal("not 404", (await server.GetAsync("/missing?do=replace")).Text);
        Assert.Equal("alone", (await server.GetAsync("/?do=alone")).Text);
        Assert.Equal(403, (await server.GetAsync("/?do=refuse")).Status);
        Assert.Equal("call 4", (await server.GetAsync("/?do=twice")).Text);
        foreach (string what in new[] { "fail", "null" })
        {
            Assert.Equal(500, (await server.GetAsync("/?do=" + what)).Status);
            Assert.Equal(LogLevel.Error, server.Log.TakeOne().Level);
        }
    }

    [Fact]
    public async Task They_see_what_a_handler_throws()
    {
        var app = new Application
        {
            Middlewares =
            {
                async (request, next) =>
                {
                    try
                    {
                        return await next(request);
                    }
                    catch (HttpException e) when (e.Status == 404)
                    {
                        return Response.Text("our own 404", 404);
                    }
                },
            },
        };
        app.AddRoutes(Get("/", request => throw new HttpNotFoundException()));
        await using var server = new RunningServer(Kind.InMemory, app);
        Assert.Equal("our own 404", (await server.GetAsync("/")).Text);
    }

    [Fact]
    public async Task They_know_the_match_the_route_and_the_application()
    {
        string? seen = null;
        var app = new Application
        {
            Middlewares =
            {
                (request, next) =>
                {
                    seen = $"{request.Route} {request.Match["id"]} {request.Route?.FindMetadata<string>()} {request.App.Router.Routes.Count}";
                    return next(request);
                },
            },
        };
        var sub = new Application();
        sub.AddRoutes(Get("/{id}", Ok).WithMetadata("public"), Post("/{id}", Ok));
        app.AddSubApplication("/{tenant}/items", sub);
        await using var server = new RunningServer(Kind.InMemory, app);
        Assert.Equal(200, (await server.GetAsync("/acme/items/7")).Status);
        Assert.Equal("GET /{id} 7 public 0", seen);
    }

    [Fact]
    public void They_are_fixed_once_the_application_has_started()
    {
        var app = new Application { Middlewares = { (request, next) => next(request) } };
        Assert.Throws<ArgumentNullException>(() => app.Middlewares.Add(null!));
        app.Middlewares.Insert(0, (request, next) => next(request));
        app.Middlewares.RemoveAt(0);
        app.Freeze();
        Assert.True(app.Middlewares.IsFrozen);
        Assert.Throws<InvalidOperationException>(() => app.Middlewares.Add((request, next) => next(request)));
        Assert.Throws<InvalidOperationException>(() => app.Middlewares.Clear());
        Assert.Throws<InvalidOperationException>(() => app.Middlewares.RemoveAt(0));
        Assert.Throws<InvalidOperationException>(() => app.Middlewares[0] = (request, next) => next(request));
        Assert.Throws<InvalidOperationException>(() => app.OnResponsePrepare.Add((request, response) => { }));
    }

    [Fact]
    public void Without_any_nobody_stands_between_the_router_and_the_handler()
    {
        var app = new Application();
        app.AddRoutes(Get("/", Ok));
        app.Freeze();
        Assert.Null(app.Refuser);
        Assert.Same(app.Router.Routes[0].Handler, app.Router.Around(app.Router.Routes[0].Handler));
    }

    private static Response Ok(Request request) => Response.Text("ok");
}
