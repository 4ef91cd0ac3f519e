namespace Millrace.Tests.Requests;

/// <summary>The URL, what is known of the body, and what proxies say.</summary>
public sealed class RequestPartTests
{
    [Theory]
    [InlineData("/a%2Fb/../c?x=%20y&z", "/a%2Fb/../c?x=%20y&z", "http://h.example:81/a%2Fb/../c?x=%20y&z")]
    [InlineData("/", "/", "http://h.example:81/")]
    [InlineData("/?", "/?", "http://h.example:81/?")]
    public async Task The_url_has_path_and_query_as_sent(string target, string pathAndQuery, string url)
    {
        await CheckAsync($"GET {target} HTTP/1.1\r\nHost: h.example:81\r\n\r\n", request =>
        {
            Assert.Equal(pathAndQuery, request.PathAndQuery);
            Assert.Equal(url, request.Url.ToString());
            Assert.False(request.IsSecure);
        });
    }

    [Fact]
    public async Task The_url_of_other_targets_is_what_they_say()
    {
        await CheckAsync("GET http://other.example/x?y HTTP/1.1\r\nHost: other.example\r\n\r\n", request => Assert.Equal(("http://other.example/x?y", "/x?y"), (request.Url.ToString(), request.PathAndQuery)));
        await CheckAsync("OPTIONS * HTTP/1.1\r\nHost: a.example\r\n\r\n", request => Assert.Equal(("http://a.example/", "*"), (request.Url.ToString(), request.PathAndQuery)));
        await CheckAsync("GET /x HTTP/1.0\r\n\r\n", request => Assert.Equal("/x", request.Url.AbsolutePath));
    }

    [Theory]
    [InlineData("", "application/octet-stream", null)]
    [InlineData("Content-Type: Text/HTML; Charset=\"x y\"\r\n", "text/html", "x y")]
    [InlineData("Content-Type: application/json ;charset=utf-8; a=b\r\n", "application/json", "utf-8")]
    [InlineData("Content-Type: a/b; charset\r\n", "a/b", null)]
    [InlineData("Content-Type: a/b; x=\"charset=evil\"; charset=c\r\n", "a/b", "c")]
    public async Task Type_and_charset_are_taken_out_of_the_field(string field, string type, string? charset) =>
        await CheckAsync($"GET / HTTP/1.1\r\nHost: a\r\n{field}\r\n", request => Assert.Equal((type, charset), (request.MediaType, request.Charset)));

    [Fact]
    public async Task What_is_known_of_the_body_and_the_connection_is_told()
    {
        await CheckAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n", request => Assert.Equal((null, true, false, false), (request.ContentLength, request.KeepAlive, request.HasBody, request.CanReadBody)));
        await CheckAsync("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", request => Assert.Equal((0L, false, false, false), (request.ContentLength, request.KeepAlive, request.HasBody, request.CanReadBody)));
        await CheckAsync("POST / HTTP/1.0\r\nContent-Length: 3\r\n\r\nabc", request => Assert.Equal((3L, false, true, true), (request.ContentLength, request.KeepAlive, request.HasBody, request.CanReadBody)));
        await CheckAsync("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", request => Assert.Equal((null, true, true), (request.ContentLength, request.KeepAlive, request.HasBody)));
        await using var server = new RunningServer(Kind.InMemory, [Post("/", async request =>
        {
            await request.ReadAsync();
            return Response.Text($"{request.HasBody} {request.CanReadBody}");
        })]);
        Assert.Equal("True False", (await server.AskAsync("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc")).Text);
    }

    [Theory]
    [InlineData("Forwarded: for=1.2.3.4;proto=https, for=\"[::1]:80\";by=_x;host=\"a,b\"\r\n", "1.2.3.4///https [::1]:80/_x/a,b/")]
    [InlineData("Forwarded: for=1\r\nForwarded: for=2\r\n", "1/// 2///")]
    [InlineData("Forwarded: nonsense, for=2, for=3;for=4, for=\"5\r\n", "2///")]
    [InlineData("Forwarded: ,,for=1,,\r\n", "1///")]
    [InlineData("Forwarded: for=\"a\\\",b\", for=2\r\n", "a\",b/// 2///")]
    [InlineData("", "")]
    public async Task Forwarded_elements_are_read_and_bad_ones_left_out(string fields, string expected) =>
        await CheckAsync($"GET / HTTP/1.1\r\nHost: a\r\n{fields}\r\n", request =>
            Assert.Equal(expected, string.Join(' ', request.Forwarded.Select(element => $"{element.For}/{element.By}/{element.Host}/{element.Proto}"))));

    [Theory]
    [InlineData("text/plain", 415)]
    [InlineData("", 415)]
    [InlineData("application/x-json", 415)]
    [InlineData("application/json", 200)]
    [InlineData("Application/JSON; charset=utf-8", 200)]
    [InlineData("application/vnd.x+json", 200)]
    public async Task Row_84_json_of_another_type_is_415(string type, int status)
    {
        await using var generated = new RunningServer(Kind.InMemory, [Post("/", async request => Response.Text((await request.JsonAsync(BodyReadTests.PersonContext.Default.Person))!.Name))]);
        await using var reflecting = new RunningServer(Kind.InMemory, [Post("/", async request => Response.Text((await request.JsonAsync<BodyReadTests.Person>())!.Name))]);
        foreach (var server in new[] { generated, reflecting })
        {
            var response = await server.AskAsync(MultipartText.Post("{\"name\":\"n\"}", type));
            Assert.Equal((status, status == 415 ? "application/json" : null), (response.Status, response["Accept"]));
        }
    }

    [Fact]
    public async Task The_type_of_json_can_be_another_or_any()
    {
        await using var server = new RunningServer(Kind.InMemory, [Post("/", async request => Response.Text(
            (await request.JsonAsync(BodyReadTests.PersonContext.Default.Person, request.ContentType == "text/own" ? "text/own" : null))!.Name
            + (await request.JsonAsync<BodyReadTests.Person>(contentType: null))!.Name))]);
        Assert.Equal("nn", (await server.AskAsync(MultipartText.Post("{\"name\":\"n\"}", ""))).Text);
        Assert.Equal("nn", (await server.AskAsync(MultipartText.Post("{\"name\":\"n\"}", "text/own"))).Text);
    }

    [Fact]
    public async Task CVE_2025_69230_bad_cookies_are_left_out_without_a_word()
    {
        await using var server = new RunningServer(Kind.InMemory, [Get("/", request => Response.Text($"{request.Cookies.Count} {request.Cookies["good"]}"))]);
        string bad = string.Concat(Enumerable.Repeat("bad name=1; =2; ;\u00E9=3; ", 400));
        Assert.Equal("1 yes", (await server.AskAsync($"GET / HTTP/1.1\r\nHost: a\r\nCookie: {bad}good=yes\r\n\r\n")).Text);
        Assert.DoesNotContain(server.Log.Lines, line => line.Text.Contains("ookie", StringComparison.Ordinal));
    }

    private static async Task CheckAsync(string bytes, Action<Request> check)
    {
        await using var server = new RunningServer(Kind.InMemory, request =>
        {
            check(request);
            return ValueTask.FromResult<StreamResponse>(Response.Text("checked"));
        });
        var response = await server.AskAsync(bytes);
        Assert.Empty(server.Log.Complaints.Select(line => line.Exception?.ToString()));
        Assert.Equal("checked", response.Text);
    }
}
