namespace Millrace.Tests.Responses;

/// <summary>Cookies that are set (rows 131, 137, 138).</summary>
public sealed class ResponseCookieTests
{
    public static TheoryData<ResponseCookie, string> Attributes => new()
    {
        { new("a", "1"), "a=1; Path=/" },
        { new("a", "") { Path = null }, "a=" },
        { new("a", "1") { Path = "/x", Domain = "a.example" }, "a=1; Domain=a.example; Path=/x" },
        { new("a", "1") { MaxAge = TimeSpan.FromMinutes(1.5) }, "a=1; Max-Age=90; Path=/" },
        { new("a", "1") { MaxAge = TimeSpan.FromSeconds(-5) }, "a=1; Max-Age=0; Path=/" },
        { new("a", "1") { Expires = new DateTimeOffset(1994, 11, 6, 9, 49, 37, TimeSpan.FromHours(1)) }, "a=1; Expires=Sun, 06 Nov 1994 08:49:37 GMT; Path=/" },
        { new("a", "1") { Secure = true, HttpOnly = true, SameSite = SameSite.None, Partitioned = true }, "a=1; Path=/; Secure; HttpOnly; SameSite=None; Partitioned" },
        { new("a", "1") { SameSite = SameSite.Lax }, "a=1; Path=/; SameSite=Lax" },
        { new("a", "1") { SameSite = SameSite.Strict }, "a=1; Path=/; SameSite=Strict" },
        { new("__Host-a", "1") { Secure = true }, "__Host-a=1; Path=/; Secure" },
        { new("__Secure-a", "1") { Secure = true, Path = "/x", Domain = "a.example" }, "__Secure-a=1; Domain=a.example; Path=/x; Secure" },
    };

    [Theory]
    [MemberData(nameof(Attributes))]
    public void Row_137_attributes_are_written_as_set(ResponseCookie cookie, string field) => Assert.Equal(field, cookie.ToString());

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("x y", "\"x y\"")]
    [InlineData("a\"b", "\"a\\042b\"")]
    [InlineData("a,b;c", "\"a\\054b\\073c\"")]
    [InlineData("a\\b", "\"a\\134b\"")]
    [InlineData("\u00E9=%20", "\u00E9=%20")]
    [InlineData("", "")]
    public async Task Row_137_a_value_is_quoted_so_that_it_comes_back(string value, string quoted)
    {
        string? read = null;
        await using var server = new RunningServer(Kind.InMemory,
        [
            Get("/set", request =>
            {
                var response = new Response();
                response.SetCookie("c", value);
                return response;
            }),
            Get("/get", request =>
            {
                read = request.Cookies["c"];
                return new Response();
            }),
        ]);
        string set = (await server.GetAsync("/set"))["Set-Cookie"]!;
        Assert.Equal($"c={quoted}; Path=/", set);
        await server.AskAsync($"GET /get HTTP/1.1\r\nHost: a\r\nCookie: other=1; {set.Split("; Path")[0]}; more=2\r\n\r\n");
        Assert.Equal(value, read);
    }

    [Theory]
    [InlineData("a\rb")]
    [InlineData("a\r\nSet-Cookie: b=1")]
    [InlineData("a\0")]
    [InlineData("a\u007F")]
    [InlineData("a\u0100")]
    public void Row_131_a_value_with_controls_throws(string value) => Assert.Throws<ArgumentException>(() => new ResponseCookie("a", value));

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("a=b")]
    [InlineData("a;b")]
    [InlineData("a\r\n")]
    [InlineData("\u00E9")]
    public void A_name_is_a_token(string name)
    {
        Assert.Throws<ArgumentException>(() => new ResponseCookie(name, "1"));
        Assert.Throws<ArgumentException>(() => new ResponseHeaders().DeleteCookie(name));
    }

    [Theory]
    [InlineData("a;b")]
    [InlineData("a\r\nb")]
    [InlineData("\u00E9")]
    public void Attributes_take_no_semicolons_and_controls(string attribute)
    {
        Assert.Throws<ArgumentException>(() => new ResponseCookie("a", "1") { Path = attribute });
        Assert.Throws<ArgumentException>(() => new ResponseCookie("a", "1") { Domain = attribute });
    }

    public static TheoryData<ResponseCookie> Refused =>
    [
        new ResponseCookie("__Host-a", "1"),
        new ResponseCookie("__host-a", "1"),
        new ResponseCookie("__Host-a", "1") { Secure = true, Path = "/x" },
        new ResponseCookie("__Host-a", "1") { Secure = true, Path = null },
        new ResponseCookie("__Host-a", "1") { Secure = true, Domain = "a.example" },
        new ResponseCookie("__Secure-a", "1"),
        new ResponseCookie("a", "1") { SameSite = SameSite.None },
        new ResponseCookie("a", "1") { Partitioned = true },
    ];

    [Theory]
    [MemberData(nameof(Refused))]
    public void What_browsers_refuse_throws_when_it_is_set(ResponseCookie cookie) =>
        Assert.Throws<InvalidOperationException>(() => new Response().SetCookie(cookie));

    [Fact]
    public void A_cookie_larger_than_browsers_keep_throws()
    {
        _ = new ResponseCookie("abcd", new string('x', 4092));
        var e = Assert.Throws<ArgumentException>(() => new ResponseCookie("abcd", new string('x', 4093)));
        Assert.Contains("4096", e.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new ResponseCookie("a", new string(';', 1024)));
    }

    [Fact]
    public void A_cookie_takes_the_place_of_one_with_its_name_domain_and_path()
    {
        var headers = new ResponseHeaders();
        headers.SetCookie("a", "1");
        headers.SetCookie(new ResponseCookie("a", "2") { Path = "/x" });
        headers.SetCookie("b", "3");
        headers.SetCookie("a", "4");
        Assert.Equal(["a=2; Path=/x", "b=3; Path=/", "a=4; Path=/"], headers.Select(field => field.Value));
        headers.DeleteCookie("b");
        Assert.Equal(3, headers.Count);
    }

    [Fact]
    public void Row_138_a_cookie_is_deleted_by_its_path_and_domain()
    {
        const string Gone = "Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0";
        var response = new Response();
        response.DeleteCookie("a");
        response.DeleteCookie("b", "/x", "a.example");
        response.DeleteCookie("__Host-c");
        Assert.Equal([$"a=; {Gone}; Path=/", $"b=; {Gone}; Domain=a.example; Path=/x", $"__Host-c=; {Gone}; Path=/; Secure"], response.Headers.Select(field => field.Value));
    }
}
