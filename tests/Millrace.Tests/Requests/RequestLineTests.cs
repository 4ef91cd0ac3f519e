namespace Millrace.Tests.Requests;

/// <summary>What a handler sees of the first line and of what it means: method, target, query, host, version.</summary>
public sealed class RequestLineTests
{
    [Theory]
    [InlineData("/a", "/a")]
    [InlineData("/a%20b", "/a b")]
    [InlineData("/a%2Fb", "/a%2Fb")]
    [InlineData("/a%2fb", "/a%2fb")]
    [InlineData("/a%25b", "/a%25b")]
    [InlineData("/a%252Fb", "/a%252Fb")]
    [InlineData("/%D0%B9", "/й")]
    [InlineData("/%F0%9F%98%80", "/😀")]
    [InlineData("/a+b", "/a+b")]
    [InlineData("/%FF", "/%FF")]
    [InlineData("//x", "//x")]
    [InlineData("/a/../b", "/a/../b")]
    [InlineData("/%2e%2e/b", "/../b")]
    [InlineData("/a?b=/c", "/a")]
    [InlineData("http://a/x/y?z", "/x/y")]
    [InlineData("http://a", "/")]
    public async Task The_path_is_decoded_but_for_slash_and_percent(string target, string path)
    {
        await using var server = Answering(request => request.Path);
        Assert.Equal(path, (await server.GetAsync(target)).Text);
    }

    [Theory]
    [InlineData("/a%20b?c=%20&d")]
    [InlineData("http://a/x?y")]
    [InlineData("/%2f%2F")]
    [InlineData("/?")]
    public async Task The_raw_target_is_exactly_what_was_sent(string target)
    {
        await using var server = Answering(request => request.RawTarget);
        Assert.Equal(target, (await server.GetAsync(target)).Text);
    }

    [Fact]
    public async Task The_raw_target_of_OPTIONS_star_is_a_star()
    {
        await using var server = Answering(request => request.RawTarget + " " + request.Path);
        Assert.Equal("* *", (await server.AskAsync("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n")).Text);
    }

    [Theory]
    [InlineData("/", "")]
    [InlineData("/?", "")]
    [InlineData("/?a", "a=")]
    [InlineData("/?a=1&b=&a=2", "a=1,b=,a=2")]
    [InlineData("/?a=1&&b=2&", "a=1,b=2")]
    [InlineData("/?a+b=c+d", "a b=c d")]
    [InlineData("/?a=%2B%26%3D%25", "a=+&=%")]
    [InlineData("/?%D0%B9=%D0%B9", "й=й")]
    [InlineData("/?a=b=c", "a=b=c")]
    [InlineData("/?=x", "=x")]
    [InlineData("/?a=%zz", "a=%zz")]
    [InlineData("/?a=x?y", "a=x?y")]
    [InlineData("http://a?q=1", "q=1")]
    public async Task The_query_is_a_list_of_decoded_pairs(string target, string expected)
    {
        // aiohttp row 23; WHATWG URL, application/x-www-form-urlencoded.
        await using var server = Answering(request => string.Join(",", request.Query.Select(pair => $"{pair.Key}={pair.Value}")));
        Assert.Equal(expected, (await server.GetAsync(target)).Text);
    }

    [Fact]
    public async Task The_query_answers_by_name()
    {
        await using var server = Answering(request =>
        {
            var query = request.Query;
            Assert.Same(query, request.Query);
            Assert.Equal("a=1&b=&a=2&A=3", request.QueryString);
            Assert.Equal(4, query.Count);
            Assert.Equal("1", query["a"]);
            Assert.Equal(["1", "2"], query.GetValues("a"));
            Assert.Equal("3", query["A"]);
            Assert.Equal("", query["b"]);
            Assert.Null(query["c"]);
            Assert.Empty(query.GetValues("c"));
            Assert.True(query.Contains("b"));
            Assert.False(query.Contains("c"));
            return "seen";
        });
        Assert.Equal("seen", (await server.GetAsync("/?a=1&b=&a=2&A=3")).Text);
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("POST")]
    [InlineData("PURGE")]
    [InlineData("get")]
    [InlineData("M-SEARCH")]
    [InlineData("QUERY")]
    public async Task The_method_is_as_sent_in_its_case(string method)
    {
        await using var server = Answering(request => request.Method);
        Assert.Equal(method, (await server.AskAsync($"{method} / HTTP/1.1\r\nHost: a\r\n\r\n")).Text);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: a:81\r\n\r\n", "a:81")]
    [InlineData("GET / HTTP/1.1\r\nHost: [::1]:81\r\n\r\n", "[::1]:81")]
    [InlineData("GET http://b/x HTTP/1.1\r\nHost: b\r\n\r\n", "b")]
    [InlineData("GET http://b:81/x HTTP/1.0\r\n\r\n", "b:81")]
    [InlineData("GET / HTTP/1.0\r\n\r\n", "")]
    public async Task The_host_is_that_of_the_target_or_of_the_field(string bytes, string host)
    {
        // RFC 9110 7.2; RFC 9112 3.2.2.
        await using var server = Answering(request => request.Host);
        Assert.Equal(host, (await server.AskAsync(bytes)).Text);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\n\r\n", "1.1 http")]
    [InlineData("GET / HTTP/1.0\r\n\r\n", "1.0 http")]
    [InlineData("GET https://a/ HTTP/1.1\r\nHost: a\r\nX-Forwarded-Proto: https\r\n\r\n", "1.1 http")]
    public async Task The_version_is_the_clients_and_the_scheme_that_of_the_connection(string bytes, string expected)
    {
        await using var server = Answering(request => $"{request.Version} {request.Scheme}");
        Assert.Equal(expected, (await server.AskAsync(bytes)).Text);
    }

    private static RunningServer Answering(Func<Request, string> text) =>
        new(Kind.InMemory, request => ValueTask.FromResult<StreamResponse>(Response.Text(text(request))));
}
