using System.Text.Json;

namespace Millrace.Tests.Responses;

/// <summary>What goes out for what a handler returns (rows 120 to 127, 131, 140).</summary>
public sealed class ResponseTests
{
    [Fact]
    public async Task A_text_response_has_type_length_date_and_server_as_row_120_says()
    {
        var response = await AnswerAsync(request => Response.Text("héllo"));
        Assert.Equal("HTTP/1.1 200 OK", response.StatusLine);
        Assert.Equal("héllo", response.Text);
        Assert.Equal("text/plain; charset=utf-8", response["Content-Type"]);
        Assert.Equal("6", response["Content-Length"]);
        Assert.Equal("Millrace", response["Server"]);
        Assert.NotNull(response["Date"]);
        Assert.Equal(4, response.Fields.Count);
    }

    [Fact]
    public async Task An_empty_response_has_a_length_of_zero_and_no_type_as_row_121_says()
    {
        var response = await AnswerAsync(request => new Response());
        Assert.Equal((200, "0", null, null), (response.Status, response["Content-Length"], response["Content-Type"], response["Transfer-Encoding"]));
    }

    [Fact]
    public async Task Bytes_and_json_have_their_types()
    {
        var bytes = await AnswerAsync(request => Response.Bytes(new byte[] { 0, 255 }));
        Assert.Equal([0, 255], bytes.Body);
        Assert.Equal("application/octet-stream", bytes["Content-Type"]);

        var json = await AnswerAsync(request => Response.Json(new { FullName = "é" }, status: 201));
        Assert.Equal((201, "{\"fullName\":\"\\u00E9\"}"), (json.Status, json.Text));
        Assert.Equal("application/json; charset=utf-8", json["Content-Type"]);

        var generated = await AnswerAsync(request => Response.Json(new Requests.BodyReadTests.Person("x", 3), Requests.BodyReadTests.PersonContext.Default.Person));
        Assert.Equal("{\"name\":\"x\",\"age\":3}", generated.Text);

        var own = await AnswerAsync(request => Response.Json(new { FullName = "é" }, new JsonSerializerOptions()));
        Assert.Equal("{\"FullName\":\"\\u00E9\"}", own.Text);
    }

    [Fact]
    public async Task The_content_type_can_be_given_changed_and_taken_away()
    {
        Assert.Equal("application/xml", (await AnswerAsync(request => Response.Text("", contentType: "application/xml")))["Content-Type"]);
        Assert.Equal("image/png", (await AnswerAsync(request => Response.Bytes(default, contentType: "image/png")))["Content-Type"]);
        Assert.Equal("a/b", (await AnswerAsync(request => new Response { ContentType = "a/b" }))["Content-Type"]);
        Assert.Null((await AnswerAsync(request => With(Response.Text("x"), response => response.ContentType = null)))["Content-Type"]);
        Assert.Equal("c/d", (await AnswerAsync(request => With(Response.Text("x"), response => response.Headers["content-type"] = "c/d")))["Content-Type"]);
        Assert.Equal("e/f", (await AnswerAsync(request => With(Response.Text("x"), response =>
        {
            response.Headers["Content-Type"] = "c/d";
            Assert.Equal("c/d", response.ContentType);
            response.ContentType = "e/f";
            Assert.Equal("e/f", response.ContentType);
        })))["Content-Type"]);
    }

    [Theory]
    [InlineData("text/html", "text/html; charset=utf-8")]
    [InlineData("TEXT/css; x=1", "TEXT/css; x=1; charset=utf-8")]
    [InlineData("text/plain; charset=UTF8", "text/plain; charset=UTF8")]
    [InlineData("text/html;charset=\"utf-8\"", "text/html;charset=\"utf-8\"")]
    [InlineData("application/json", "application/json")]
    public async Task A_text_of_type_text_says_that_it_is_UTF_8(string given, string sent)
    {
        Assert.Equal(sent, (await AnswerAsync(request => Response.Text("\u00E9", contentType: given)))["Content-Type"]);
        Assert.Equal(sent, Response.Stream(Pieces(), contentType: given).ContentType);
        Assert.Equal(sent, new HttpException(400, "x") { ContentType = given }.ContentType);
        Assert.Equal(sent, new MultipartWriter().Append("x", given)["Content-Type"]);
    }

    [Fact]
    public void A_text_in_another_charset_is_refused_with_what_to_do()
    {
        const string latin = "text/plain; charset=iso-8859-1";
        foreach (var make in new Func<object>[]
        {
            () => Response.Text("x", contentType: latin), () => Response.Stream(Pieces(), contentType: latin),
            () => new HttpException(400) { ContentType = latin }, () => new MultipartWriter().Append("x", latin),
        })
        {
            Assert.Contains("Response.Bytes", Assert.Throws<ArgumentException>(make).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_content_type_is_a_field_like_others()
    {
        var text = Response.Text("x");
        Assert.Equal((Response.TextType, 1), (text.Headers["content-type"], text.Headers.Count));
        text.ContentType = "a/b";
        Assert.Equal("a/b", text.Headers["Content-Type"]);
        Assert.True(text.Headers.Remove("Content-Type"));
        Assert.Null(text.ContentType);
        text.ContentType = "c/d";
        Assert.Equal("c/d", Assert.Single(text.Headers).Value);

        var file = new FileResponse("x.css") { Headers = { ["X"] = "y" } };
        Assert.False(file.Headers.Contains("Content-Type"));

        var thrown = new HttpException(400, "<p>") { Headers = { ["X"] = "y" }, ContentType = "text/html" };
        Assert.Equal(["Content-Type: text/html; charset=utf-8", "X: y"], thrown.ToResponse().Headers.Select(field => $"{field.Key}: {field.Value}"));
        thrown.Headers["Content-Type"] = "e/f";
        Assert.Equal("e/f", thrown.ToResponse().ContentType);

        var sent = await AnswerAsync(request => With(Response.Text("x"), response => response.Headers.Remove("Content-Type")));
        Assert.Null(sent["Content-Type"]);
        sent = await AnswerAsync(request => With(Response.Text("x"), response => response.Headers["X"] = "y"));
        Assert.Equal(Response.TextType, Assert.Single(sent.Fields, field => field.Key == "Content-Type").Value);
    }

    [Fact]
    public async Task Status_reason_and_fields_are_sent_as_set()
    {
        var response = await AnswerAsync(request => With(new Response(299), response =>
        {
            response.Reason = "Fine \u00E9";
            response.Headers.Add("X-One", "1");
            response.Headers.Add("X-One", "2");
            response.Headers["X-Two"] = "gone";
            response.Headers["x-two"] = "\u00FF";
            response.Headers["X-Three"] = "gone";
            Assert.True(response.Headers.Remove("X-THREE"));
            Assert.False(response.Headers.Remove("X-Three"));
            response.Headers["X-Four"] = "gone";
            response.Headers["X-Four"] = null;
            Assert.Equal(3, response.Headers.Count);
            Assert.True(response.Headers.Contains("x-one"));
            Assert.Equal("1", response.Headers["x-one"]);
        }));
        Assert.Equal("HTTP/1.1 299 Fine \u00E9", response.StatusLine);
        Assert.Equal(["X-One=1", "X-One=2", "x-two=\u00FF"], response.Fields.Where(field => field.Key[1] == '-').Select(field => $"{field.Key}={field.Value}"));
    }

    [Theory]
    [InlineData(299, "HTTP/1.1 299 ")]
    [InlineData(404, "HTTP/1.1 404 Not Found")]
    [InlineData(599, "HTTP/1.1 599 ")]
    public async Task A_status_brings_its_registered_reason_or_none(int status, string line) =>
        Assert.Equal(line, (await AnswerAsync(request => new Response(status))).StatusLine);

    [Theory]
    [InlineData(0)]
    [InlineData(99)]
    [InlineData(100)]
    [InlineData(101)]
    [InlineData(199)]
    [InlineData(600)]
    [InlineData(999)]
    [InlineData(1000)]
    public async Task A_status_that_is_not_final_throws_in_the_handler_as_rows_126_and_127_say(int status)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new Response(status));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Response { Status = status });
        Assert.Throws<ArgumentOutOfRangeException>(() => new StreamResponse(status));
        Assert.Throws<ArgumentOutOfRangeException>(() => Response.Text("", status));
        await AssertRefusedAsync<ArgumentOutOfRangeException>(response => response.Status = status);
    }

    [Theory]
    [InlineData("\r")]
    [InlineData("\n")]
    [InlineData("\r\nX-Injected: 1")]
    [InlineData("\0")]
    [InlineData("\u001B")]
    [InlineData("\u010A")]
    public async Task What_may_not_be_sent_throws_in_the_handler_and_injects_nothing_as_row_131_says(string evil)
    {
        await AssertRefusedAsync<ArgumentException>(response => response.Headers["X-Field"] = "a" + evil);
        await AssertRefusedAsync<ArgumentException>(response => response.Headers.Add("X-Field", evil + "a"));
        await AssertRefusedAsync<ArgumentException>(response => response.Headers["X-Field" + evil] = "a");
        await AssertRefusedAsync<ArgumentException>(response => response.Reason = "a" + evil);
        await AssertRefusedAsync<ArgumentException>(response => response.ContentType = "a/b" + evil);
        Assert.Throws<ArgumentException>(() => Response.Text("", contentType: "a/b" + evil));
        Assert.Throws<ArgumentException>(() => Response.Bytes(default, contentType: "a/b" + evil));
        Assert.Throws<ArgumentException>(() => new ServerOptions { ServerHeader = "a" + evil });
    }

    [Theory]
    [InlineData("", "A header name must not be empty.")]
    [InlineData("X Field", "The header name \"X Field\" must consist of letters")]
    [InlineData("X:", "The header name \"X:\" must consist of letters")]
    [InlineData("Content-Length", "The server counts the body itself: set StreamResponse.ContentLength")]
    [InlineData("transfer-encoding", "The server frames the body itself")]
    [InlineData("CONNECTION", "The server manages the connection: call StreamResponse.ForceClose()")]
    public async Task A_field_that_is_none_or_the_servers_own_throws_in_the_handler(string name, string message)
    {
        var thrown = Assert.Throws<ArgumentException>(() => new Response().Headers[name] = "1");
        Assert.StartsWith(message, thrown.Message, StringComparison.Ordinal);
        await AssertRefusedAsync<ArgumentException>(response => response.Headers.Add(name, "1"));
    }

    [Fact]
    public async Task A_value_that_fails_leaves_no_field_of_that_name()
    {
        var headers = new Response().Headers;
        headers["X-Field"] = "good";
        Assert.Throws<ArgumentException>(() => headers["X-Field"] = "bad\r");
        Assert.True(headers["X-Field"] is null or "good");
        Assert.DoesNotContain(headers, field => field.Value.Contains('\r', StringComparison.Ordinal));
        await Task.CompletedTask;
    }

    [Fact]
    public async Task ForceClose_ends_the_connection_behind_the_response()
    {
        await using var server = new RunningServer(Kind.InMemory, [Get("/", request => With(Response.Text("last"), response => response.ForceClose()))]);
        using var client = await server.ConnectAsync();
        await client.GetAsync("/");
        var response = await client.ReadAsync();
        Assert.Equal("last", response.Text);
        Assert.True(response.Closes);
        await client.ExpectEndAsync();
    }

    private static Response With(Response response, Action<Response> change)
    {
        change(response);
        return response;
    }

    private static async Task<RawResponse> AnswerAsync(Func<Request, StreamResponse> handler)
    {
        await using var server = new RunningServer(Kind.InMemory, [Get("/", handler)]);
        return await server.GetAsync("/");
    }

    private static async Task AssertRefusedAsync<T>(Action<Response> change)
        where T : Exception
    {
        await using var server = new RunningServer(Kind.InMemory, [Get("/", request => With(Response.Text("never"), change))]);
        using var client = await server.ConnectAsync();
        await client.GetAsync("/");
        var response = await client.ReadAsync();
        Assert.Equal((500, "500 Internal Server Error\n\nServer got itself in trouble"), (response.Status, response.Text));
        Assert.Null(response["X-Injected"]);
        Assert.IsType<T>(server.Log.TakeOne().Exception);
        await client.GetAsync("/");
        Assert.Equal(500, (await client.ReadAsync()).Status);
        server.Log.TakeOne();
    }

    private static async IAsyncEnumerable<string> Pieces()
    {
        await Task.CompletedTask;
        yield return "x";
    }
}
