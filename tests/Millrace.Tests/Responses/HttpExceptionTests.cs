using System.Reflection;

namespace Millrace.Tests.Responses;

/// <summary>Answers that are thrown, or returned as the response they stand for (rows 125, 135, 136).</summary>
public sealed class HttpExceptionTests
{
    public static TheoryData<string, int> Simple => new()
    {
        { nameof(HttpBadRequestException), 400 }, { nameof(HttpPaymentRequiredException), 402 }, { nameof(HttpForbiddenException), 403 },
        { nameof(HttpNotFoundException), 404 }, { nameof(HttpNotAcceptableException), 406 }, { nameof(HttpRequestTimeoutException), 408 },
        { nameof(HttpConflictException), 409 }, { nameof(HttpGoneException), 410 }, { nameof(HttpLengthRequiredException), 411 },
        { nameof(HttpPreconditionFailedException), 412 }, { nameof(HttpUriTooLongException), 414 }, { nameof(HttpExpectationFailedException), 417 },
        { nameof(HttpMisdirectedRequestException), 421 }, { nameof(HttpUnprocessableContentException), 422 },
        { nameof(HttpFailedDependencyException), 424 }, { nameof(HttpPreconditionRequiredException), 428 },
        { nameof(HttpRequestHeaderFieldsTooLargeException), 431 }, { nameof(HttpInternalServerErrorException), 500 },
        { nameof(HttpNotImplementedException), 501 }, { nameof(HttpBadGatewayException), 502 }, { nameof(HttpGatewayTimeoutException), 504 },
        { nameof(HttpVersionNotSupportedException), 505 }, { nameof(HttpInsufficientStorageException), 507 },
        { nameof(HttpNetworkAuthenticationRequiredException), 511 },
    };

    [Theory]
    [MemberData(nameof(Simple))]
    public async Task A_status_without_data_of_its_own_has_its_text_or_the_one_given(string name, int status)
    {
        var type = typeof(HttpException).Assembly.GetType("Millrace." + name)!;
        HttpException Make(string? text) => (HttpException)Activator.CreateInstance(type, text)!;
        Assert.True(type.IsSealed);
        Assert.Equal((status, $"{status}: {Make(null).Message[5..]}"), await ThrownAsync(Make(null)) is var thrown ? (thrown.Status, thrown.Text) : default);
        Assert.Equal((status, "mine"), await ThrownAsync(Make("mine")) is var own ? (own.Status, own.Text) : default);
    }

    [Fact]
    public void Every_class_of_the_family_is_tried_here()
    {
        var family = typeof(HttpException).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(HttpException)) && type.IsPublic && !type.IsAbstract);
        string[] tried = [.. Simple.Select(row => row.Data.Item1), .. Special];
        Assert.Equal(tried.Order(), family.Select(type => type.Name).Order());
        Assert.All(family, type => Assert.True(type.GetConstructors(BindingFlags.Public | BindingFlags.Instance).Length == 1, type.Name));
    }

    private static readonly string[] Special =
    [
        nameof(HttpMultipleChoicesException), nameof(HttpMovedPermanentlyException), nameof(HttpFoundException), nameof(HttpSeeOtherException),
        nameof(HttpTemporaryRedirectException), nameof(HttpPermanentRedirectException), nameof(HttpNotModifiedException),
        nameof(HttpUnauthorizedException), nameof(HttpProxyAuthenticationRequiredException), nameof(HttpMethodNotAllowedException),
        nameof(HttpContentTooLargeException), nameof(HttpUnsupportedMediaTypeException), nameof(HttpRangeNotSatisfiableException),
        nameof(HttpUpgradeRequiredException), nameof(HttpTooManyRequestsException), nameof(HttpServiceUnavailableException),
        nameof(HttpUnavailableForLegalReasonsException),
    ];

    [Fact]
    public async Task Row_135_redirects_have_their_location()
    {
        foreach (var (status, exception) in new (int, HttpRedirectException)[]
        {
            (300, new HttpMultipleChoicesException("/a")), (301, new HttpMovedPermanentlyException("/a")), (302, new HttpFoundException("/a")),
            (303, new HttpSeeOtherException("/a")), (307, new HttpTemporaryRedirectException("/a")), (308, new HttpPermanentRedirectException("/a")),
        })
        {
            var response = await ThrownAsync(exception);
            Assert.Equal((status, "/a"), (response.Status, response["Location"]));
        }
    }

    [Theory]
    [InlineData("/grün/€?q=ä b", "/gr%C3%BCn/%E2%82%AC?q=%C3%A4%20b")]
    [InlineData("https://a.example:8080/x?y=1&z=%20#end", "https://a.example:8080/x?y=1&z=%20#end")]
    [InlineData("/😀\"<>\\^`{|}", "/%F0%9F%98%80%22%3C%3E%5C%5E%60%7B%7C%7D")]
    [InlineData("relative", "relative")]
    public async Task Row_135_a_location_is_percent_encoded_where_it_must_be(string location, string sent)
    {
        var exception = new HttpFoundException(location);
        Assert.Equal(location, exception.Location);
        Assert.Equal(sent, (await ThrownAsync(exception))["Location"]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("/a\r\nX-Injected: 1")]
    [InlineData("/a\nb")]
    [InlineData("/a\0")]
    [InlineData("/a\tb")]
    [InlineData("/a\u007F")]
    public void A_location_that_is_empty_or_has_controls_throws(string location)
    {
        Assert.Throws<ArgumentException>(() => new HttpFoundException(location));
        Assert.Throws<ArgumentException>(() => new HttpUnavailableForLegalReasonsException(location));
    }

    [Fact]
    public async Task Row_136_a_405_has_allow_complete_sorted_and_unique()
    {
        var exception = new HttpMethodNotAllowedException("PATCH", ["PUT", "GET", "PUT", "HEAD"]);
        var response = await ThrownAsync(exception);
        Assert.Equal((405, "GET, HEAD, PUT", "405: Method Not Allowed"), (response.Status, response["Allow"], response.Text));
        Assert.Equal(("PATCH", "GET,HEAD,PUT"), (exception.Method, string.Join(',', exception.AllowedMethods)));
        Assert.Throws<ArgumentException>(() => new HttpMethodNotAllowedException("X", ["GET\r\n"]));
        Assert.Equal("", (await ThrownAsync(new HttpMethodNotAllowedException("X", [])))["Allow"]);
    }

    [Fact]
    public async Task Statuses_with_data_of_their_own_send_it()
    {
        var large = new HttpContentTooLargeException(100, 200);
        Assert.Equal((100, 200L), (large.Limit, large.Actual));
        Assert.Equal("The body is larger than the 100 bytes this server accepts here.", (await ThrownAsync(large)).Text);
        Assert.Equal("bytes */7", (await ThrownAsync(new HttpRangeNotSatisfiableException(7)))["Content-Range"]);
        Assert.Null((await ThrownAsync(new HttpRangeNotSatisfiableException()))["Content-Range"]);
        var upgrade = await ThrownAsync(new HttpUpgradeRequiredException("websocket"));
        Assert.Equal(("websocket", "Upgrade"), (upgrade["Upgrade"], upgrade["Connection"]));
        Assert.Equal("Basic realm=\"x\"", (await ThrownAsync(new HttpUnauthorizedException("Basic realm=\"x\"")))["WWW-Authenticate"]);
        Assert.Equal("Basic", (await ThrownAsync(new HttpProxyAuthenticationRequiredException("Basic")))["Proxy-Authenticate"]);
        Assert.Equal("application/json", (await ThrownAsync(new HttpUnsupportedMediaTypeException(accepted: "application/json")))["Accept"]);
        Assert.Equal("2", (await ThrownAsync(new HttpTooManyRequestsException(TimeSpan.FromSeconds(1.5))))["Retry-After"]);
        Assert.Equal("60", (await ThrownAsync(new HttpServiceUnavailableException(TimeSpan.FromMinutes(1))))["Retry-After"]);
        Assert.Equal("<https://a.example/%C3%A4>; rel=\"blocked-by\"", (await ThrownAsync(new HttpUnavailableForLegalReasonsException("https://a.example/ä")))["Link"]);
        Assert.Throws<ArgumentOutOfRangeException>(() => new HttpTooManyRequestsException(TimeSpan.FromSeconds(-1)));
    }

    [Theory]
    [InlineData(204)]
    [InlineData(205)]
    [InlineData(304)]
    public async Task Row_125_statuses_without_a_body_have_none_whatever_the_text(int status)
    {
        var response = await ThrownAsync(new HttpException(status, "text"));
        Assert.Equal((status, "", null), (response.Status, response.Text, response["Content-Type"]));
        Assert.Equal(status == 205 ? "0" : null, response["Content-Length"]);
    }

    [Fact]
    public async Task Headers_cookies_reason_and_type_survive_thrown_and_returned()
    {
        HttpException Make()
        {
            var exception = new HttpFoundException("/next", "<p>moved</p>") { Reason = "Over There", ContentType = "text/html" };
            exception.Headers.Add("X-One", "1");
            exception.Headers.Add("X-One", "2");
            exception.Headers.SetCookie("seen", "yes");
            return exception;
        }
        foreach (var response in new[] { await AskAsync(request => throw Make()), await AskAsync(request => Make().ToResponse()) })
        {
            Assert.Equal(("HTTP/1.1 302 Over There", "text/html; charset=utf-8", "<p>moved</p>"), (response.StatusLine, response["Content-Type"], response.Text));
            Assert.Equal(["/next", "1", "2", "seen=yes; Path=/"], response.Fields.Where(field => field.Key is "Location" or "X-One" or "Set-Cookie").Select(field => field.Value));
        }
    }

    [Fact]
    public void Each_response_of_an_exception_is_a_new_one()
    {
        var exception = new HttpNotFoundException();
        exception.ToResponse().Headers["X-One"] = "1";
        Assert.Null(exception.ToResponse().Headers["X-One"]);
        Assert.Throws<ArgumentException>(() => new HttpException(404) { Reason = "a\r\nb" });
        Assert.Throws<ArgumentException>(() => new HttpException(404) { ContentType = "a\r\nb" });
        Assert.Throws<ArgumentOutOfRangeException>(() => new HttpException(199));
    }

    private static Task<RawResponse> ThrownAsync(HttpException exception) => AskAsync(request => throw exception);

    private static async Task<RawResponse> AskAsync(Func<Request, Response> handler)
    {
        await using var server = new RunningServer(Kind.InMemory, [Get("/", request => handler(request))]);
        return await server.GetAsync("/");
    }
}
