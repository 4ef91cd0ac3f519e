namespace Millrace.Tests.Routing;

/// <summary>Routes that cannot be: each is refused when it is made or added, with a message that helps (rows 162, 163).</summary>
public sealed class RouteErrorTests
{
    [InlineData("a", "The path 'a' must begin with a slash; only * stands")]
    [InlineData("/{", "The braces in the path '/{' do not pair up")]
    [InlineData("/{a", "The braces in the path '/{a' do not pair up")]
    [InlineData("/a}", "The braces in the path '/a}' do not pair up")]
    [InlineData(@"/{a:\d{4}", @"The braces in the path '/{a:\d{4}' do not pair up")]
    [InlineData("/{}", "'{}' in the path '/{}' is no parameter")]
    [InlineData("/{1a}", "'{1a}' in the path '/{1a}' is no parameter")]
    [InlineData("/{a b}", "'{a b}' in the path '/{a b}' is no parameter")]
    [InlineData("/{...}", "'{...}' in the path '/{...}' is no parameter")]
    [InlineData("/{a:}", "The parameter '{a:}' in the path '/{a:}' has an empty expression")]
    [InlineData("/{a:(}", "An expression in the path '/{a:(}' is no regular expression of .NET")]
    [InlineData("/{a:(?=x)x}", "An expression in the path '/{a:(?=x)x}' cannot be matched in linear time")]
    [InlineData(@"/{a:(x)\1}", @"An expression in the path '/{a:(x)\1}' cannot be matched in linear time")]
    [InlineData("/{a}/{a}", "The path '/{a}/{a}' uses a parameter's name twice.")]
    [InlineData("/{a}-{a}", "The path '/{a}-{a}' uses a parameter's name twice.")]
    [Theory]
    public void A_path_that_is_no_pattern_is_refused(string path, string message)
    {
        var thrown = Assert.Throws<ArgumentException>(() => Get(path, Ok));
        Assert.StartsWith(message, thrown.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("G T")]
    [InlineData("GET\r\n")]
    [InlineData("É")]
    public void A_method_that_is_no_token_is_refused(string method)
    {
        var thrown = Assert.Throws<ArgumentException>(() => Route(method, "/", Ok));
        Assert.StartsWith($"'{method}' is no method: a method is a token of RFC 9110 section 5.6.2, such as GET.", thrown.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("get")]
    [InlineData("Post")]
    [InlineData("options")]
    public void A_method_that_is_known_in_capitals_is_refused(string method)
    {
        var thrown = Assert.Throws<ArgumentException>(() => Route(method, "/", Ok));
        Assert.StartsWith($"'{method}' is another method than {method.ToUpperInvariant()}", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_at_all_is_refused()
    {
        Assert.Throws<ArgumentException>(() => Route("", "/", Ok));
        Assert.Throws<ArgumentNullException>(() => Get(null!, Ok));
        Assert.Throws<ArgumentNullException>(() => Get("/", (Func<Request, StreamResponse>)null!));
        Assert.Throws<ArgumentNullException>(() => Get("/", (Func<Request, Task<Response>>)null!));
        Assert.Throws<ArgumentNullException>(() => new Application().AddRoutes(null!));
        Assert.Throws<ArgumentNullException>(() => new Application().Router.Add(null!));
    }

    [Theory]
    [InlineData("")]
    [InlineData("1a")]
    [InlineData("a b")]
    [InlineData("a.")]
    [InlineData("a..b")]
    [InlineData("é")]
    public void A_name_that_is_none_is_refused(string name) => Assert.Throws<ArgumentException>(() => Get("/", Ok, name));

    [Fact]
    public void A_name_is_one_paths_as_row_162_says()
    {
        var app = new Application();
        app.AddRoutes(Get("/a", Ok, name: "a"), Post("/a", Ok, name: "a"), Get("/b", Ok, name: "shop.item:b-c"));
        var thrown = Assert.Throws<InvalidOperationException>(() => app.AddRoutes(Get("/c", Ok, "a", "file.cs", 2)));
        Assert.StartsWith("The route GET /c (file.cs:2) cannot be named 'a': GET /a (", thrown.Message, StringComparison.Ordinal);
        Assert.Equal(3, app.Router.Routes.Count);
        Assert.Throws<KeyNotFoundException>(() => app.Router["c"]);
    }

    [Fact]
    public void A_directory_is_named_with_its_place_in_a_conflict()
    {
        var app = new Application();
        app.AddRoutes(Static("/files", Environment.CurrentDirectory, name: "files"));
        Assert.Equal("/files/a%20b/c", app.Router["files"].UrlFor(("file", "a b/c")).ToString());
        var thrown = Assert.Throws<InvalidOperationException>(() => app.AddRoutes(Static("/files/", new StaticFiles(Environment.CurrentDirectory))));
        Assert.Equal(2, thrown.Message.Split("RouteErrorTests.cs:").Length - 1);
    }

    public static TheoryData<string, string, string, string> Conflicts => new()
    {
        { "GET", "/a", "GET", "/a" },
        { "GET", "/{a}", "GET", "/{b}" },
        { "GET", "/a b", "GET", "/a%20b" },
        { "GET", "/%c3%a9", "GET", "/é" },
        { "*", "/a", "*", "/a" },
        { "PURGE", "/a", "PURGE", "/a" },
        { "GET", "/a/{b}/c", "GET", "/a/{x}/c" },
        { "GET", @"/{a:\d+}", "GET", "/{b:[0-9]+}" },
        { "GET", "/{a}-{b}", "GET", "/{x}-{y}" },
        { "GET", "/x/{a...}", "GET", "/x/{t:.*}" },
        { "GET", "/", "GET", "" },
    };

    [Theory]
    [MemberData(nameof(Conflicts))]
    public void Two_routes_for_the_same_requests_are_refused(string method, string path, string otherMethod, string otherPath)
    {
        var app = new Application();
        app.AddRoutes(Route(method, path, Ok, null, "first.cs", 1));
        var thrown = Assert.Throws<InvalidOperationException>(() => app.AddRoutes(Route(otherMethod, otherPath, Ok, null, "second.cs", 2)));
        Assert.Equal($"The route {otherMethod} {otherPath} (second.cs:2) cannot be added: {method} {path} (first.cs:1) matches the same requests. Remove one, or change its method or path.", thrown.Message);
        Assert.Single(app.Router.Routes);
    }

    [Fact]
    public void Routes_for_different_requests_live_side_by_side()
    {
        var app = new Application();
        app.AddRoutes(Get("/a", Ok), Post("/a", Ok), Route("*", "/a", Ok), Head("/a", Ok), Route("gets", "/a", Ok), Get("/a/", Ok), Get("/{a}", Ok), Get("/{a}/{b}", Ok));
        Assert.Equal(["GET /a", "POST /a", "* /a", "HEAD /a", "gets /a", "GET /a/", "GET /{a}", "GET /{a}/{b}"], app.Router.Routes.Select(route => route.ToString()));
        Assert.Equal(("GET", "/{a}"), (app.Router.Routes[6].Method, app.Router.Routes[6].Path));
    }

    [Fact]
    public async Task A_route_that_comes_after_the_start_is_refused()
    {
        var app = new Application();
        app.AddRoutes(Get("/", Ok));
        using var stop = new CancellationTokenSource();
        var running = RunAppAsync(app, new RunOptions { Host = "127.0.0.1", Port = 0, Print = null, HandleSignals = false }, stop.Token);
        var thrown = Assert.Throws<InvalidOperationException>(() => app.AddRoutes(Get("/late", Ok)));
        Assert.Matches(@"^The route GET /late \(.*RouteErrorTests\.cs:\d+\) comes too late: add routes before the application starts\.$", thrown.Message);
        await stop.CancelAsync();
        await running.InTime();
    }

    private static Response Ok(Request request) => Response.Text("ok");
}
