namespace Millrace.Tests.Applications;

/// <summary>Applications within applications (rows 157 to 160).</summary>
public sealed class SubApplicationTests
{
    [Theory]
    [InlineData("/api", 404, "api")]
    [InlineData("/api/", 200, "api")]
    [InlineData("/api/x", 200, "api")]
    [InlineData("/api/missing", 404, "api")]
    [InlineData("/apix", 404, null)]
    [InlineData("/api/x/y", 404, "api")]
    [InlineData("/ab/x", 200, "ab")]
    [InlineData("/a/x", 200, "a")]
    [InlineData("/empty", 200, "empty")]
    [InlineData("/empty/", 404, "empty")]
    [InlineData("/t1/shop/x", 200, "shop t1")]
    [InlineData("/t1/shop/missing", 404, "shop t1")]
    [InlineData("/rest/of/it", 200, null)]
    [InlineData("/api%2Fx", 404, null)]
    public async Task A_prefix_is_whole_segments_and_all_behind_it_the_applications_as_rows_157_to_159_say(string path, int status, string? seenBy)
    {
        var app = new Application();
        string? seen = null;
        foreach (var (prefix, name, route) in new[] { ("/api/", "api", "/x"), ("/a", "a", "/x"), ("/ab", "ab", "/x"), ("/empty", "empty", ""), ("/{tenant}/shop", "shop", "/x") })
        {
            var sub = new Application
            {
                Middlewares =
                {
                    (request, next) =>
                    {
                        seen = name + (request.Match.TryGetValue("tenant", out var tenant) ? " " + tenant : name == "shop" ? " t1" : "");
                        return next(request);
                    },
                },
            };
            sub.AddRoutes(Get(route, Ok));
            if (name == "api")
                sub.AddRoutes(Get("/", Ok));
            app.AddSubApplication(prefix, sub);
        }
        app.AddRoutes(Get("/rest/{all...}", Ok));
        await using var server = new RunningServer(Kind.InMemory, app);
        Assert.Equal((status, seenBy), ((await server.GetAsync(path)).Status, seen));
    }

    [Fact]
    public async Task The_root_is_a_prefix_too()
    {
        var app = new Application();
        app.AddRoutes(Get("/own", request => Response.Text("own")));
        bool saw = false;
        var sub = new Application
        {
            Middlewares =
            {
                (request, next) =>
                {
                    saw = true;
                    return next(request);
                },
            },
        };
        sub.AddRoutes(Get("/", request => Response.Text("root")), Get("/x", request => Response.Text("x")));
        app.AddSubApplication("/", sub);
        await using var server = new RunningServer(Kind.InMemory, app);
        Assert.Equal("own", (await server.GetAsync("/own")).Text);
        Assert.False(saw);
        Assert.Equal("root", (await server.GetAsync("/")).Text);
        Assert.Equal("x", (await server.GetAsync("/x")).Text);
        Assert.Equal(404, (await server.GetAsync("/missing")).Status);
        Assert.True(saw);
    }

    [Fact]
    public async Task What_an_application_does_not_know_goes_to_nobody_else()
    {
        var app = new Application();
        app.AddRoutes(Get("/{all...}", Ok), Get("/api/of/parent", Ok));
        var sub = new Application();
        sub.AddRoutes(Get("/x", Ok));
        app.AddSubApplication("/api", sub);
        await using var server = new RunningServer(Kind.InMemory, app);
        Assert.Equal(404, (await server.GetAsync("/api/y")).Status);
        Assert.Equal(405, (await server.AskAsync("DELETE /api/x HTTP/1.1\r\nHost: a\r\n\r\n")).Status);
        Assert.Equal(200, (await server.GetAsync("/api/of/parent")).Status);
        Assert.Equal(200, (await server.GetAsync("/elsewhere")).Status);
    }

    [Fact]
    public async Task Routes_may_be_added_after_mounting_and_have_URLs_with_every_prefix()
    {
        var app = new Application();
        var deep = new Application();
        var sub = app.AddSubApplication("/sub", new Application());
        sub.AddSubApplication("/{n}", deep);
        deep.AddRoutes(Get("/it/{x}", request => Response.Text($"{request.Match["n"]} {request.Match["x"]}"), name: "it"));
        Assert.Equal("/sub/1/it/a%20b", deep.Router["it"].UrlFor(("n", "1"), ("x", "a b")));
        Assert.Equal("/sub/{n}/it/{x}", deep.Router["it"].Path);
        await using var server = new RunningServer(Kind.InMemory, app);
        Assert.Equal("1 a b", (await server.GetAsync(deep.Router["it"].UrlFor(("n", "1"), ("x", "a b")))).Text);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_application_at_the_root_of_a_mounted_one_is_the_innermost_there(bool isMountedLast)
    {
        Middleware Named(string name) => async (request, next) =>
        {
            var response = await next(request);
            response.Headers.Add("Seen", name);
            return response;
        };
        var app = new Application();
        var sub = new Application { Middlewares = { Named("sub") } };
        var deep = new Application { Middlewares = { Named("deep") } };
        deep.AddRoutes(Get("/x", Ok));
        if (isMountedLast)
            app.AddSubApplication("/sub", sub);
        sub.AddSubApplication("/", deep);
        if (!isMountedLast)
            app.AddSubApplication("/sub", sub);
        Assert.Throws<InvalidOperationException>(() => sub.AddSubApplication("/", new Application()));
        await using var server = new RunningServer(Kind.InMemory, app);
        foreach (string path in new[] { "/sub/x", "/sub/missing" })
            Assert.Equal("deep sub", string.Join(" ", (await server.GetAsync(path)).Fields.Where(field => field.Key == "Seen").Select(field => field.Value)));
    }

    [Fact]
    public void What_cannot_be_mounted_is_refused()
    {
        var app = new Application();
        var half = new Application();
        Assert.Throws<ArgumentException>(() => app.AddSubApplication("api", half));
        Assert.Throws<ArgumentException>(() => app.AddDomain("a b", half));
        Assert.Throws<ArgumentException>(() => app.AddSubApplication("", new Application()));
        Assert.Throws<ArgumentException>(() => app.AddSubApplication("/x/{all...}", new Application()));
        Assert.Throws<InvalidOperationException>(() => app.AddSubApplication("/self", app));
        var sub = app.AddSubApplication("/api", half);
        Assert.Throws<InvalidOperationException>(() => app.AddSubApplication("/again", sub));
        Assert.Throws<InvalidOperationException>(() => app.AddSubApplication("/api/", new Application()));
        Assert.Throws<InvalidOperationException>(() => sub.AddDomain("x.org", new Application()));
        app.AddRoutes(Get("/api/x", Ok));
        Assert.Throws<InvalidOperationException>(() => sub.AddRoutes(Get("/x", Ok)));
    }

    [Theory]
    [InlineData("example.com", "example.com", true)]
    [InlineData("Example.COM", "eXample.com", true)]
    [InlineData("example.com", "example.com:8080", true)]
    [InlineData("example.com:8080", "example.com:8080", true)]
    [InlineData("example.com:8080", "example.com", false)]
    [InlineData("example.com", "example.org", false)]
    [InlineData("example.com", "www.example.com", false)]
    [InlineData("*.example.com", "www.example.com", true)]
    [InlineData("*.example.com", "a.b.example.com", true)]
    [InlineData("*.example.com", "example.com", false)]
    [InlineData("*.example.com", "www.example.com.evil.org", false)]
    [InlineData("ex*.com", "example.com", true)]
    [InlineData("example.com", "exampleXcom", false)]
    [InlineData("example.com", "", false)]
    public async Task A_domain_is_matched_as_row_160_says(string mask, string host, bool expected)
    {
        var app = new Application();
        app.AddRoutes(Get("/", request => Response.Text("all")));
        var domain = new Application();
        domain.AddRoutes(Get("/", request => Response.Text("domain")));
        app.AddDomain(mask, domain);
        await using var server = new RunningServer(Kind.InMemory, app);
        var response = await server.AskAsync(host.Length == 0 ? "GET / HTTP/1.0\r\n\r\n" : $"GET / HTTP/1.1\r\nHost: {host}\r\n\r\n");
        Assert.Equal(expected ? "domain" : "all", response.Text);
    }

    [Theory]
    [InlineData("")]
    [InlineData("http://example.com")]
    [InlineData("example.com/path")]
    [InlineData("exa mple.com")]
    [InlineData("-x.com")]
    [InlineData("a..b")]
    public void A_domain_that_is_none_is_refused(string mask) => Assert.Throws<ArgumentException>(() => new Application().AddDomain(mask, new Application()));

    [Fact]
    public async Task A_domain_has_its_own_404_inside_the_middlewares_of_all()
    {
        Middleware Named(string name) => async (request, next) =>
        {
            var response = await next(request);
            response.Headers.Add("Seen", name);
            return response;
        };
        var app = new Application { Middlewares = { Named("all") } };
        app.AddRoutes(Get("/x", Ok));
        var domain = app.AddDomain("d", new Application { Middlewares = { Named("domain") } });
        domain.AddSubApplication("/sub", new Application { Middlewares = { Named("sub") } });
        await using var server = new RunningServer(Kind.InMemory, app);
        var response = await server.AskAsync("GET /x HTTP/1.1\r\nHost: d\r\n\r\n");
        Assert.Equal((404, "domain all"), (response.Status, string.Join(" ", response.Fields.Where(field => field.Key == "Seen").Select(field => field.Value))));
        response = await server.AskAsync("GET /sub/x HTTP/1.1\r\nHost: d\r\n\r\n");
        Assert.Equal((404, "sub domain all"), (response.Status, string.Join(" ", response.Fields.Where(field => field.Key == "Seen").Select(field => field.Value))));
    }

    private static Response Ok(Request request) => Response.Text("ok");
}
