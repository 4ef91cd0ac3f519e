using Microsoft.Extensions.Logging;

namespace Millrace.Tests.Handlers;

/// <summary>What a client gets and what the log gets when a handler fails (aiohttp.md 1.7; rows 132 to 134).</summary>
public sealed class HandlerErrorTests
{
    private const string Failure = "500 Internal Server Error\n\nServer got itself in trouble";

    private static readonly InvalidOperationException Secret = new("the password is 1234");

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task A_handler_that_throws_is_answered_500_and_logged_once(Kind kind)
    {
        await using var server = new RunningServer(kind, [Get("/{when}", FailAsync)]);
        foreach (string path in new[] { "/before", "/after" })
        {
            using var client = await server.ConnectAsync();
            await client.GetAsync(path);
            var response = await client.ReadAsync();
            Assert.Equal((500, Failure), (response.Status, response.Text));
            Assert.Equal("text/plain; charset=utf-8", response["Content-Type"]);
            Assert.False(response.Closes);

            var line = server.Log.TakeOne();
            Assert.Equal(LogLevel.Error, line.Level);
            Assert.Same(Secret, line.Exception);
            Assert.Equal($"The handler of GET {path} failed; the client got 500.", line.Text);

            // The connection goes on.
            await client.GetAsync("/before");
            Assert.Equal(500, (await client.ReadAsync()).Status);
            server.Log.TakeOne();
        }
    }

    [Theory]
    [InlineData(404, null, "404: Not Found")]
    [InlineData(403, "Not yours", "Not yours")]
    [InlineData(599, null, "599: ")]
    [InlineData(200, "fine after all", "fine after all")]
    public async Task An_HttpException_is_its_status_and_text_and_no_error_of_ours(int status, string? text, string expected)
    {
        await using var server = new RunningServer(Kind.InMemory,
        [
            Get("/before", request => throw new HttpException(status, text)),
            Get("/after", async Task<Response> (request) =>
            {
                await Task.Yield();
                throw new HttpException(status, text);
            }),
        ]);
        using var client = await server.ConnectAsync();
        foreach (string path in new[] { "/before", "/after" })
        {
            await client.GetAsync(path);
            var response = await client.ReadAsync();
            Assert.Equal((status, expected), (response.Status, response.Text));
            Assert.False(response.Closes);
        }
    }

    [Theory]
    [InlineData(199)]
    [InlineData(600)]
    public void An_HttpException_has_a_final_status(int status) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new HttpException(status));

    [Fact]
    public async Task A_derived_HttpException_makes_its_own_response()
    {
        await using var server = new RunningServer(Kind.InMemory, [Get("/", request => throw new Redirect("/there"))]);
        var response = await server.GetAsync("/");
        Assert.Equal((302, "/there"), (response.Status, response["Location"]));
    }

    [Fact]
    public async Task A_TimeoutException_is_answered_504_as_row_134_says()
    {
        await using var server = new RunningServer(Kind.InMemory, [Get("/", request => throw new TimeoutException("of the database"))]);
        var response = await server.GetAsync("/");
        Assert.Equal((504, "504: Gateway Timeout"), (response.Status, response.Text));
    }

    [Fact]
    public async Task A_handler_that_returns_null_is_answered_500_and_told_so_as_row_133_says()
    {
        await using var server = new RunningServer(Kind.InMemory,
        [
            Get("/sync", request => (Response)null!),
            Get("/async", async request =>
            {
                await Task.Yield();
                return (Response)null!;
            }),
        ]);
        using var client = await server.ConnectAsync();
        foreach (string path in new[] { "/sync", "/async" })
        {
            await client.GetAsync(path);
            var response = await client.ReadAsync();
            Assert.Equal((500, Failure), (response.Status, response.Text));
            Assert.Equal("The handler returned null: a handler returns a response.", server.Log.TakeOne().Exception!.Message);
        }
    }

    [Fact]
    public async Task A_cancellation_that_no_client_caused_is_an_error_of_ours()
    {
        await using var server = new RunningServer(Kind.InMemory, [Get("/", request => throw new OperationCanceledException("of its own"))]);
        Assert.Equal(500, (await server.GetAsync("/")).Status);
        Assert.IsType<OperationCanceledException>(server.Log.TakeOne().Exception);
    }

    [Fact]
    public async Task An_IOException_of_the_handlers_own_files_is_an_error_of_ours()
    {
        await using var server = new RunningServer(Kind.InMemory, [Get("/", request => throw new FileNotFoundException("no such file"))]);
        Assert.Equal(500, (await server.GetAsync("/")).Status);
        Assert.IsType<FileNotFoundException>(server.Log.TakeOne().Exception);
    }

    private static async Task<Response> FailAsync(Request request)
    {
        if (request.Match["when"] == "after")
            await Task.Yield();
        throw Secret;
    }

    private sealed class Redirect(string location) : HttpException(302)
    {
        public override Response ToResponse()
        {
            var response = base.ToResponse();
            response.Headers["Location"] = location;
            return response;
        }
    }
}
