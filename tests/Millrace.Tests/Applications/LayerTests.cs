namespace Millrace.Tests.Applications;

/// <summary>Which application a request belongs to, for whoever asks.</summary>
public sealed class LayerTests
{
    private static readonly AppKey<string> Name = new("name");

    private readonly List<string> _seen = [];

    [Theory]
    [InlineData("/sub/deep/now", "outer< sub< deep< deep: deep> sub> outer> outer! sub! deep!")]
    [InlineData("/sub/deep/later", "outer< sub< deep< deep: deep> sub> outer> outer! sub! deep!")]
    [InlineData("/sub/deep/throws", "outer< sub< deep< deep: deep> sub> outer> outer! sub! deep!")]
    [InlineData("/sub/deep/fails", "outer< sub< deep< deep: deep> sub> outer> outer! sub! deep!")]
    [InlineData("/sub/deep/stream", "outer< sub< deep< deep: outer! sub! deep! deep: deep> sub> outer>")]
    [InlineData("/sub/deep/missing", "outer< sub< deep< deep> sub> outer> outer! sub! deep!")]
    [InlineData("/now", "outer< outer: outer> outer!")]
    [InlineData("/clone", "outer< sub< deep< deep: deep> sub> outer> outer! sub! deep!")]
    [InlineData("/sub/deep/back", "outer< sub< deep< outer: deep> sub> outer> outer!")]
    public async Task It_is_the_one_whose_code_asks(string target, string expected)
    {
        var app = Named("outer");
        var deep = Named("deep");
        app.AddSubApplication("/sub", Named("sub")).AddSubApplication("/deep", deep);
        app.AddRoutes(Get("/now", Now));
        deep.AddRoutes(Get("/now", Now), Get("/later", Later), Get("/throws", Throws), Get("/fails", FailsAsync), Get("/stream", StreamAsync));
        app.Middlewares.Add((request, next) => next(request.Path == "/clone" ? request.Clone(target: "/sub/deep/now") : request));
        deep.Middlewares.Add((request, next) => next(request.Path == "/sub/deep/back" ? request.Clone(target: "/now") : request));
        deep.Middlewares.Add((request, next) =>
        {
            // Also of a clone whose route is not looked for yet.
            Assert.Same(deep, request.App);
            return next(request);
        });
        await using var server = new RunningServer(Kind.InMemory, app);
        await server.GetAsync(target);
        Assert.Equal(expected, string.Join(" ", _seen));
    }

    [Fact]
    public async Task A_middleware_between_finds_what_its_own_application_keeps()
    {
        var app = Named("outer");
        app.AddRoutes(Get("/x", Now));
        string? found = null;
        app.Middlewares.Add((request, next) =>
        {
            found = request.App.Find(Name);
            return next(request);
        });
        app.AddDomain("d", Named("domain")).AddRoutes(Get("/y/", Now));
        await using var server = new RunningServer(Kind.InMemory, app);
        await server.AskAsync("GET /y/ HTTP/1.1\r\nHost: d\r\n\r\n");
        Assert.Equal("outer", found);
    }

    [Fact]
    public async Task Paths_of_a_domain_are_normalized_by_a_middleware_of_the_outer_application()
    {
        var app = new Application { Middlewares = { NormalizePath() } };
        app.AddDomain("d", new Application()).AddRoutes(Get("/y/", Now));
        await using var server = new RunningServer(Kind.InMemory, app);
        Assert.Equal("/y/", (await server.AskAsync("GET /y HTTP/1.1\r\nHost: d\r\n\r\n"))["Location"]);
        Assert.Equal(404, (await server.AskAsync("GET /y HTTP/1.1\r\nHost: other\r\n\r\n")).Status);
    }

    private Application Named(string name)
    {
        var app = new Application
        {
            Middlewares =
            {
                async (request, next) =>
                {
                    See(request, "<");
                    try
                    {
                        return await next(request);
                    }
                    finally
                    {
                        See(request, ">");
                    }
                },
            },
        };
        app.Set(Name, name);
        app.OnResponsePrepare.Add((request, _) => See(request, "!"));
        return app;
    }

    private void See(Request request, string mark) => _seen.Add(request.App.Get(Name) + mark);

    private Response Now(Request request)
    {
        See(request, ":");
        return Response.Text("ok");
    }

    private async Task<Response> Later(Request request)
    {
        See(request, ":");
        await Task.Yield();
        return Response.Text("ok");
    }

    private Response Throws(Request request)
    {
        See(request, ":");
        throw new HttpForbiddenException();
    }

    private async Task<Response> FailsAsync(Request request)
    {
        See(request, ":");
        await Task.Yield();
        throw new HttpForbiddenException();
    }

    private async Task<StreamResponse> StreamAsync(Request request)
    {
        See(request, ":");
        var response = new StreamResponse();
        await response.PrepareAsync(request);
        See(request, ":");
        return response;
    }
}
