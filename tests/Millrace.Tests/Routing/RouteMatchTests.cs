namespace Millrace.Tests.Routing;

/// <summary>Which route a path and a method find (rows 145 to 147, 150, 152 to 154, 156, 164).</summary>
public sealed class RouteMatchTests
{
    private static readonly string[] Patterns =
    [
        "/", "/a", "/b/", "/user/{name}", "/user/{name}/x", "/user/fixed", "/x/{z}", "/x/y", "/deep/{a}/c", "/deep/b/d",
        "/a b", "/é", "/pct%2Fx", "/467,802/hello", "/{a}/{b}/{c}/{d}",
    ];

    public static TheoryData<string, string?> Paths => new()
    {
        { "/", "/" },
        { "/a", "/a" },
        // Row 145: no tolerance for a slash too many or too few.
        { "/a/", null },
        { "/b", null },
        { "/b/", "/b/" },
        { "//", null },
        { "//a", null },
        { "/A", null },
        // Row 147.
        { "/user/", null },
        { "/user", null },
        { "/user/a/b", null },
        { "/user/a/x", "/user/{name}/x a" },
        { "/user/fixed/x", "/user/{name}/x fixed" },
        // Row 150: the most specific wins, whatever the order; the search comes back where the specific one leads nowhere.
        { "/user/fixed", "/user/fixed" },
        { "/x/y", "/x/y" },
        { "/x/z", "/x/{z} z" },
        { "/deep/b/c", "/deep/{a}/c b" },
        { "/deep/b/d", "/deep/b/d" },
        { "/deep/x/d", null },
        // Row 146.
        { "/user/a%2Fb", "/user/{name} a/b" },
        { "/user/a%25b", "/user/{name} a%b" },
        { "/user/a%20b", "/user/{name} a b" },
        { "/user/%D0%B9", "/user/{name} й" },
        { "/user/a+b", "/user/{name} a+b" },
        { "/user/%zz", "/user/{name} %zz" },
        // Row 152: one resource however it is spelt.
        { "/a%20b", "/a b" },
        { "/%61", "/a" },
        { "/%C3%A9", "/é" },
        { "/%c3%a9", "/é" },
        { "/pct%2fx", "/pct%2Fx" },
        { "/pct/x", null },
        { "/467%2C802/hello", "/467,802/hello" },
        // Row 169: dots are names like others.
        { "/user/..", "/user/{name} .." },
        { "/x/../a", null },
        { "/1/2/3/4", "/{a}/{b}/{c}/{d} 1 2 3 4" },
        { "/1/2/3/", null },
        { "/a?/b", "/a" },
        { "http://host/a", "/a" },
    };

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task A_path_finds_its_route_or_none(string target, string? expected)
    {
        foreach (var patterns in new[] { Patterns, [.. Patterns.Reverse()] })
        {
            await using var server = new RunningServer(Kind.InMemory, patterns.Select(pattern => Get(pattern, request =>
                Response.Text(string.Join(" ", [pattern, .. request.Match.Names.Select(name => request.Match[name])])))));
            string host = target[0] == 'h' ? "host" : "a";
            var response = await server.AskAsync($"GET {target} HTTP/1.1\r\nHost: {host}\r\n\r\n");
            Assert.Equal(expected ?? "404: Not Found", response.Text);
            Assert.Equal(expected is null ? 404 : 200, response.Status);
        }
    }

    [Theory]
    [InlineData("GET", "/one", 200, null)]
    [InlineData("HEAD", "/one", 200, null)]
    [InlineData("POST", "/one", 200, null)]
    [InlineData("PUT", "/one", 405, "GET, HEAD, POST")]
    [InlineData("PURGE", "/one", 405, "GET, HEAD, POST")]
    [InlineData("get", "/one", 405, "GET, HEAD, POST")]
    [InlineData("OPTIONS", "/one", 405, "GET, HEAD, POST")]
    [InlineData("GET", "/post", 405, "POST")]
    [InlineData("HEAD", "/post", 405, "POST")]
    [InlineData("PURGE", "/post", 405, "POST")]
    [InlineData("GET", "/own", 405, "PURGE")]
    [InlineData("PURGE", "/own", 200, null)]
    [InlineData("GET", "/any", 200, null)]
    [InlineData("PURGE", "/any", 200, null)]
    [InlineData("DELETE", "/any", 299, null)]
    [InlineData("PUT", "/p/x", 405, "DELETE, GET, HEAD")]
    [InlineData("DELETE", "/p/x", 200, null)]
    [InlineData("GET", "/nowhere", 404, null)]
    [InlineData("PURGE", "/nowhere", 501, null)]
    [InlineData("get", "/nowhere", 501, null)]
    [InlineData("TRACE", "/one", 405, "GET, HEAD, POST")]
    public async Task A_method_finds_its_route_or_is_refused_with_what_is_allowed(string method, string path, int status, string? allow)
    {
        // Rows 136, 153, 154, 156; RFC 9110 9.1, 15.5.6.
        await using var server = new RunningServer(Kind.InMemory,
        [
            Get("/one", Ok), Post("/one", Ok), Post("/post", Ok), Route("PURGE", "/own", Ok), Route("*", "/any", Ok), Delete("/any", request => new Response(299)),
            Get("/p/{x}", Ok), Delete("/p/x", Ok),
        ]);
        var response = await server.AskAsync($"{method} {path} HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.Equal((status, allow), (response.Status, response["Allow"]));
        Assert.False(response.Closes);
    }

    [Fact]
    public async Task A_HEAD_route_of_its_own_comes_before_GET()
    {
        await using var server = new RunningServer(Kind.InMemory, [Get("/", Ok), Head("/", request => new Response(299))]);
        Assert.Equal(299, (await server.AskAsync("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n")).Status);
        Assert.Equal(200, (await server.GetAsync("/")).Status);
    }

    [Fact]
    public async Task OPTIONS_star_tells_the_methods_of_all_routes_as_row_18_says()
    {
        await using var server = new RunningServer(Kind.InMemory, [Get("/", Ok), Post("/x/{y}", Ok), Route("*", "/any", Ok)]);
        var response = await server.AskAsync("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.Equal((200, "GET, HEAD, OPTIONS, POST"), (response.Status, response["Allow"]));
    }

    [Theory]
    [InlineData("CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n", 501)]
    [InlineData("OPTIONS /any HTTP/1.1\r\nHost: a\r\n\r\n", 200)]
    public async Task A_tunnel_finds_no_route_as_row_17_says(string bytes, int status)
    {
        await using var server = new RunningServer(Kind.InMemory, [Get("/", Ok), Route("*", "/any", Ok)]);
        Assert.Equal(status, (await server.AskAsync(bytes)).Status);
    }

    [Fact]
    public async Task Thousands_of_routes_and_of_slashes_are_no_burden_as_row_164_says()
    {
        await using var server = new RunningServer(Kind.InMemory,
            [.. Enumerable.Range(0, 3000).Select(n => Get($"/r{n}/{{x}}", request => Response.Text($"{n} {request.Match["x"]}"))),
             .. Enumerable.Range(2, 30).Select(n => Get(string.Concat(Enumerable.Range(0, n).Select(i => i % 2 == 0 ? "/{p" + i + "}" : "/l")), Ok))]);
        Assert.Equal("2999 v", (await server.GetAsync("/r2999/v")).Text);
        Assert.Equal(404, (await server.GetAsync(new string('/', 2000))).Status);
        Assert.Equal(404, (await server.GetAsync(string.Concat(Enumerable.Repeat("/l", 2000)))).Status);
        Assert.Equal(200, (await server.GetAsync(string.Concat(Enumerable.Repeat("/l", 20)))).Status);
    }

    private static Response Ok(Request request) => Response.Text("ok");
}
