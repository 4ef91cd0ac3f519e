namespace Millrace.Tests.Routing;

/// <summary>Names, URLs made of them, route tables and what a router tells of itself (row 161).</summary>
public sealed class RouteNameTests
{
    [Theory]
    [InlineData("/user/{name}", "x", "/user/x")]
    [InlineData("/user/{name}", "a/b%c d", "/user/a%2Fb%25c%20d")]
    [InlineData("/user/{name}", "й", "/user/%D0%B9")]
    [InlineData("/v{name}.json", "1?2", "/v1%3F2.json")]
    [InlineData("/a b/é/{name}", "x", "/a%20b/%C3%A9/x")]
    [InlineData("/p%2Fq/{name}", "x", "/p%2Fq/x")]
    [InlineData("/100%/{name}", "x", "/100%25/x")]
    [InlineData("/100%25/{name}", "x", "/100%25/x")]
    [InlineData("/50%-{name}", "x", "/50%25-x")]
    [InlineData("/files/{name...}", "a b/c", "/files/a%20b/c")]
    [InlineData("/files/{name:.*}", "", "/files/")]
    [InlineData(@"/{name:\d{4}}/", "2026", "/2026/")]
    public async Task UrlFor_makes_what_the_route_matches(string pattern, string value, string expected)
    {
        var app = new Application();
        app.AddRoutes(Get(pattern, request => Response.Text(request.Match["name"]), name: "it"));
        string url = app.Router["it"].UrlFor(("name", value));
        Assert.Equal(expected, url);
        await using var server = new RunningServer(Kind.InMemory, app.Freeze());
        Assert.Equal(value, (await server.GetAsync(url)).Text);
    }

    [Fact]
    public void UrlFor_takes_a_query()
    {
        var app = new Application();
        app.AddRoutes(Get("/search", Ok, name: "search"));
        var url = app.Router["search"].UrlFor().WithQuery(("q", "a&b=c d"), ("page", "2"));
        Assert.Equal(("/search", "q=a%26b%3Dc%20d&page=2", "/search?q=a%26b%3Dc%20d&page=2"), (url.Path, url.Query, url.ToString()));
    }

    [Fact]
    public void UrlFor_refuses_what_is_missing_too_much_or_empty()
    {
        var app = new Application();
        app.AddRoutes(Get("/user/{name}", Ok, name: "user"));
        Assert.Contains("needs a value for its parameter 'name'", Assert.Throws<ArgumentException>(() => app.Router["user"].UrlFor()).Message, StringComparison.Ordinal);
        Assert.Contains("has no parameter 'x'", Assert.Throws<ArgumentException>(() => app.Router["user"].UrlFor(("name", "a"), ("x", "b"))).Message, StringComparison.Ordinal);
        Assert.Contains("matches nothing that is empty", Assert.Throws<ArgumentException>(() => app.Router["user"].UrlFor(("name", ""))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_router_tells_its_resources()
    {
        var app = new Application();
        app.AddRoutes(Get("/a", Ok), Get("/b/{x}", Ok, name: "b"), Post("/a", Ok, name: "a"));
        Assert.Equal([("GET,POST /a", "a"), ("GET /b/{x}", "b")], app.Router.Resources.Select(resource => (resource.ToString(), resource.Name!)));
        Assert.Same(app.Router.Resources[0], app.Router["a"]);
        app.AddRoutes(Put("/a", Ok, name: "also"));
        Assert.Same(app.Router["a"], app.Router["also"]);
        Assert.Equal("a", app.Router["also"].Name);
    }

    [Fact]
    public async Task A_table_is_added_to_several_applications()
    {
        var routes = new RouteTable { Get("/a", Ok) };
        routes.Post("/a", request => Response.Text("posted"), name: "a").LimitBody(10);
        routes.Route("PURGE", "/a", async Task<Response> (request) =>
        {
            await Task.Yield();
            return Response.Text("purged");
        });
        routes.View<OnlyGet>("/view");
        using var files = new TemporaryDirectory();
        files.Write("a.txt", "a file");
        routes.Static("/files", files.Root, name: "files");
        routes.Static("/again", new StaticFiles(files.Root));
        Assert.Equal(6, routes.Count);
        for (int i = 0; i < 2; i++)
        {
            var app = new Application();
            app.AddRoutes(routes);
            await using var server = new RunningServer(Kind.InMemory, app.Freeze());
            Assert.Equal("posted", (await server.AskAsync("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n")).Text);
            Assert.Equal("purged", (await server.AskAsync("PURGE /a HTTP/1.1\r\nHost: a\r\n\r\n")).Text);
            Assert.Equal("GET", (await server.GetAsync("/view")).Text);
            Assert.Equal("a file", (await server.GetAsync(app.Router["files"].UrlFor(("file", "a.txt")).ToString())).Text);
            Assert.Equal("a file", (await server.GetAsync("/again/a.txt")).Text);
        }
    }

    [Fact]
    public async Task A_route_has_metadata_and_may_leave_HEAD_out_as_row_154_says()
    {
        var route = Get("/a", Ok).WithMetadata("first").WithMetadata(new Version(1, 2)).WithMetadata("last").WithoutHead();
        Assert.Equal(("last", new Version(1, 2), null), (route.FindMetadata<string>(), route.FindMetadata<Version>(), route.FindMetadata<Uri>()));
        await using var server = new RunningServer(Kind.InMemory, [route]);
        Assert.Equal(200, (await server.GetAsync("/a")).Status);
        var response = await server.AskAsync("HEAD /a HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.Equal((405, "GET"), (response.Status, response["Allow"]));
    }

    [Theory]
    [InlineData("GET", 200, null)]
    [InlineData("HEAD", 200, null)]
    [InlineData("POST", 405, "GET, HEAD")]
    [InlineData("PURGE", 405, "GET, HEAD")]
    public async Task A_view_answers_what_it_overrides_as_row_155_says(string method, int status, string? allow)
    {
        await using var server = new RunningServer(Kind.InMemory, [View<OnlyGet>("/")]);
        var response = await server.AskAsync($"{method} / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
        Assert.Equal((status, allow), (response.Status, response["Allow"]));
    }

    [Fact]
    public async Task A_view_has_a_method_for_each_verb_and_an_instance_for_each_request()
    {
        await using var server = new RunningServer(Kind.InMemory, [View<Everything>("/{x}")]);
        foreach (string method in new[] { "GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS" })
            Assert.Equal($"{method} 1", (await server.AskAsync($"{method} /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n")).Text);
        Assert.Equal(299, (await server.AskAsync("HEAD /1 HTTP/1.1\r\nHost: a\r\n\r\n")).Status);
    }

    [Fact]
    public void A_view_that_answers_nothing_is_refused() =>
        Assert.StartsWith("The view Nothing answers nothing", Assert.Throws<ArgumentException>(() => View<Nothing>("/")).Message, StringComparison.Ordinal);

    private static Response Ok(Request request) => Response.Text("ok");

    private sealed class Nothing : View;

    private sealed class OnlyGet : View
    {
        public override ValueTask<StreamResponse> GetAsync() => new(Response.Text(Request.Method));
    }

    private sealed class Everything : View
    {
        private int _calls;

        public override ValueTask<StreamResponse> GetAsync() => Tell("GET");

        public override ValueTask<StreamResponse> HeadAsync() => new(new Response(299));

        public override ValueTask<StreamResponse> PostAsync() => Tell("POST");

        public override ValueTask<StreamResponse> PutAsync() => Tell("PUT");

        public override ValueTask<StreamResponse> PatchAsync() => Tell("PATCH");

        public override ValueTask<StreamResponse> DeleteAsync() => Tell("DELETE");

        public override ValueTask<StreamResponse> OptionsAsync() => Tell("OPTIONS");

        private ValueTask<StreamResponse> Tell(string verb)
        {
            _calls++;
            return new(Response.Text($"{verb} {Request.Match["x"]}".Replace("1", $"{_calls}", StringComparison.Ordinal)));
        }
    }
}
