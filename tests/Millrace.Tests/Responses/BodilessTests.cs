namespace Millrace.Tests.Responses;

/// <summary>Responses that never carry a body, whoever writes one: to HEAD, and 204, 205, 304 (rows 122 to 125).</summary>
public sealed class BodilessTests
{
    public static TheoryData<Kind, string> KindsAndBodies =>
        new MatrixTheoryData<Kind, string>([.. Kinds.All.Select(row => row.Data)], ["small", "large", "prepared", "stream", "declared"]);

    [Theory]
    [MemberData(nameof(KindsAndBodies))]
    public async Task HEAD_gets_the_fields_of_GET_and_no_byte_of_the_body(Kind kind, string body)
    {
        await using var server = Answering(kind, 200);
        using var client = await server.ConnectAsync();
        await client.GetAsync($"/{body}");
        var get = await client.ReadAsync();
        Assert.NotEmpty(get.Body);
        // The next response begins right behind the head.
        await client.SendAsync($"HEAD /{body} HTTP/1.1\r\nHost: a\r\n\r\nGET /{body} HTTP/1.1\r\nHost: a\r\n\r\n");
        var head = await client.ReadAsync(toHead: true);
        Assert.Equal(get.StatusLine, head.StatusLine);
        Assert.Equal(get["Content-Length"], head["Content-Length"]);
        Assert.Equal(get["Content-Type"], head["Content-Type"]);
        Assert.Equal(get.Body, (await client.ReadAsync()).Body);
    }

    public static TheoryData<int, string> StatusesAndBodies =>
        new MatrixTheoryData<int, string>([204, 205, 304], ["small", "large", "prepared", "stream", "declared"]);

    [Theory]
    [MemberData(nameof(StatusesAndBodies))]
    public async Task A_status_without_content_sends_none_even_if_the_handler_wrote_some(int status, string body)
    {
        await using var server = Answering(Kind.InMemory, status);
        using var client = await server.ConnectAsync();
        for (int i = 0; i < 2; i++)
        {
            await client.GetAsync($"/{body}");
            var response = await client.ReadAsync();
            Assert.Equal(status, response.Status);
            Assert.Null(response["Transfer-Encoding"]);
            Assert.Equal(status == 205 ? "0" : null, response["Content-Length"]);
            Assert.False(response.Closes);
        }
    }

    [Fact]
    public async Task An_HTTP_1_0_client_that_asks_for_HEAD_of_a_stream_may_keep_the_connection()
    {
        await using var server = Answering(Kind.InMemory, 200);
        using var client = await server.ConnectAsync();
        for (int i = 0; i < 2; i++)
        {
            await client.SendAsync("HEAD /stream HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
            Assert.Equal("keep-alive", (await client.ReadAsync(toHead: true))["Connection"]);
        }
    }

    private static RunningServer Answering(Kind kind, int status) => new(kind,
    [
        Get("/small", request => Response.Text("small body", status)),
        Get("/large", request => Response.Text(new string('x', 100_000), status)),
        Get("/prepared", async request =>
        {
            var response = Response.Text("prepared by the handler", status);
            await response.PrepareAsync(request);
            return response;
        }),
        Get("/stream", async request =>
        {
            var response = new StreamResponse(status) { ContentType = "text/plain" };
            await response.PrepareAsync(request);
            await response.WriteAsync("streamed");
            await response.WriteAsync(new string('x', 50_000));
            return response;
        }),
        Get("/declared", async request =>
        {
            var response = new StreamResponse(status) { ContentLength = 8 };
            await response.PrepareAsync(request);
            await response.WriteAsync("declared");
            return response;
        }),
    ]);
}
