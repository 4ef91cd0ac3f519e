using System.Net;

namespace Millrace.Tests.Requests;

/// <summary>Header fields, cookies, addresses and what the route matched.</summary>
public sealed class RequestFieldTests
{
    [Fact]
    public async Task Header_fields_are_found_whatever_their_case_and_keep_their_order()
    {
        await using var server = Checking(request =>
        {
            var headers = request.Headers;
            Assert.Equal("a", headers["HOST"]);
            Assert.Equal("1", headers["x-multi"]);
            Assert.Equal(["1", "2", ""], headers.GetValues("X-MULTI"));
            Assert.Empty(headers.GetValues("X-None"));
            Assert.Null(headers["X-None"]);
            Assert.True(headers.Contains("x-Other"));
            Assert.False(headers.Contains("X-Oth"));
            Assert.Equal(5, headers.Count);
            Assert.Equal(["Host=a", "X-Multi=1", "x-multi=2", "X-Other=spaced out", "X-Multi="], headers.Select(field => $"{field.Key}={field.Value}"));
            Assert.Same(headers, request.Headers);
            Assert.Throws<ArgumentNullException>(() => headers[null!]);
        });
        await CheckAsync(server, "GET / HTTP/1.1\r\nHost: a\r\nX-Multi: 1\r\nx-multi: 2\r\nX-Other: \t spaced out \t\r\nX-Multi:\r\n\r\n");
    }

    [Fact]
    public async Task A_field_value_is_Latin_1_as_it_stands()
    {
        // RFC 9110 5.5: obs-text is opaque data; no byte is lost or changed.
        string all = string.Concat(Enumerable.Range(0x80, 0x80).Select(value => (char)value));
        await using var server = Checking(request =>
        {
            Assert.Equal("\u00FF", request.Headers["X-One"]);
            Assert.Equal(all, request.Headers["X-All"]);
        });
        await CheckAsync(server, $"GET / HTTP/1.1\r\nHost: a\r\nX-One: \u00FF\r\nX-All: {all}\r\n\r\n");
    }

    [Theory]
    [InlineData("", null)]
    [InlineData("Content-Type: text/html; charset=x\r\n", "text/html; charset=x")]
    [InlineData("content-type: application/json\r\n", "application/json")]
    public async Task The_content_type_is_the_field_or_null(string field, string? expected)
    {
        await using var server = Checking(request => Assert.Equal(expected, request.ContentType));
        await CheckAsync(server, $"GET / HTTP/1.1\r\nHost: a\r\n{field}\r\n");
    }

    [Theory]
    [InlineData("Cookie: a=1; b=\"x y\"; bad name=3; =5; c\r\n", "a=1,b=x y")]
    [InlineData("Cookie: a=1\r\nCookie: b=2\r\n", "a=1,b=2")]
    [InlineData("Cookie: a=1;b=2\r\n", "a=1,b=2")]
    [InlineData("Cookie: a=1; a=2\r\n", "a=1")]
    [InlineData("Cookie: A=1; a=2\r\n", "A=1,a=2")]
    [InlineData("Cookie: a=b=c; d=%20\r\n", "a=b=c,d=%20")]
    [InlineData("Cookie: a=\"\"; b=\"; c=\r\n", "a=,b=\",c=")]
    [InlineData("Cookie: \t a = 1 ;;; b=2;\r\n", "a=1,b=2")]
    [InlineData("Cookie: \u00E9=1; b=\u00E9\r\n", "b=\u00E9")]
    [InlineData("Cookie:\r\n", "")]
    [InlineData("", "")]
    public async Task Cookies_are_read_leniently_as_row_139_says(string fields, string expected)
    {
        await using var server = Checking(request =>
        {
            var cookies = request.Cookies;
            Assert.Equal(expected, string.Join(",", cookies.Select(cookie => $"{cookie.Key}={cookie.Value}")));
            Assert.Equal(cookies.Count, cookies.Keys.Count());
            Assert.Equal(cookies.Keys.Zip(cookies.Values), cookies.Select(cookie => (cookie.Key, cookie.Value)));
            foreach (string name in cookies.Keys)
                Assert.True(cookies.ContainsKey(name) && cookies[name] == cookies.First(cookie => cookie.Key == name).Value);
            Assert.False(cookies.ContainsKey("none"));
            Assert.Throws<KeyNotFoundException>(() => cookies["none"]);
        });
        await CheckAsync(server, $"GET / HTTP/1.1\r\nHost: a\r\n{fields}\r\n");
    }

    [Theory]
    [MemberData(nameof(Kinds.Network), MemberType = typeof(Kinds))]
    public async Task The_addresses_are_those_of_the_connection_and_no_field_changes_them(Kind kind)
    {
        EndPoint? remote = null, local = null;
        string? text = null;
        await using var server = new RunningServer(kind, [Get("/", request =>
        {
            (remote, local, text) = (request.RemoteEndPoint, request.LocalEndPoint, request.Remote);
            return new Response();
        })]);
        using var client = await server.ConnectAsync();
        await client.GetAsync("/", "X-Forwarded-For: 1.2.3.4\r\nForwarded: for=1.2.3.4\r\n");
        await client.ReadAsync();
        Assert.Equal(client.LocalEndPoint, remote);
        Assert.Equal(server.EndPoint, local);
        Assert.Equal("127.0.0.1", text);
    }

    [Fact]
    public async Task The_match_has_the_names_of_the_pattern_and_their_values()
    {
        await using var server = new RunningServer(Kind.InMemory,
        [
            Get("/{a}/x/{b}", request =>
            {
                Assert.Equal(["a", "b"], request.Match.Names);
                Assert.True(request.Match.TryGetValue("b", out var b));
                Assert.False(request.Match.TryGetValue("c", out _));
                var missing = Assert.Throws<KeyNotFoundException>(() => request.Match["c"]);
                Assert.Equal("The route has no parameter 'c'; it has: a, b.", missing.Message);
                return Response.Text($"{request.Match["a"]} {b}");
            }),
            Get("/plain", request =>
            {
                Assert.Empty(request.Match.Names);
                Assert.Throws<KeyNotFoundException>(() => request.Match["a"]);
                return Response.Text("plain");
            }),
        ]);
        Assert.Equal("1 2", (await server.GetAsync("/1/x/2")).Text);
        Assert.Equal("plain", (await server.GetAsync("/plain")).Text);
    }

    private static RunningServer Checking(Action<Request> check) => new(Kind.InMemory, request =>
    {
        check(request);
        return ValueTask.FromResult<StreamResponse>(Response.Text("checked"));
    });

    // What an assertion in the handler says stands in the log.
    private static async Task CheckAsync(RunningServer server, string bytes)
    {
        var response = await server.AskAsync(bytes);
        Assert.Empty(server.Log.Complaints.Select(line => line.Exception?.ToString()));
        Assert.Equal("checked", response.Text);
    }
}
