namespace Millrace.Tests.Responses;

/// <summary>Fields behind a chunked body (RFC 9110 section 6.5, RFC 9112 section 7.1.2).</summary>
public sealed class TrailerTests
{
    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task Trailers_follow_the_last_chunk_and_the_connection_goes_on(Kind kind)
    {
        await using var server = new RunningServer(kind, [Get("/", request => StreamAsync(request, ("Digest", "x"), ("X-T", "y z")))]);
        using var client = await server.ConnectAsync();
        for (int i = 0; i < 2; i++)
        {
            await client.GetAsync("/");
            Assert.Contains("\r\nTransfer-Encoding: chunked\r\n", await client.ReadHeadAsync(), StringComparison.Ordinal);
            Assert.Equal("body"u8.ToArray(), await client.ReadChunkAsync());
            Assert.Equal(["0", "Digest: x", "X-T: y z", ""], [await client.ReadLineAsync(), await client.ReadLineAsync(), await client.ReadLineAsync(), await client.ReadLineAsync()]);
        }
    }

    [Theory]
    [InlineData("GET / HTTP/1.0\r\n\r\n", "body")]
    [InlineData("HEAD / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "")]
    [InlineData("GET /sized HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "body")]
    public async Task Where_nothing_is_chunked_nobody_sees_trailers(string request, string body)
    {
        await using var server = new RunningServer(Kind.InMemory, [Get("/", request => StreamAsync(request, ("Digest", "x"))), Get("/sized", async request =>
        {
            var response = new StreamResponse { ContentLength = 4 };
            response.Trailers["Digest"] = "x";
            await response.PrepareAsync(request);
            await response.WriteAsync("body");
            return response;
        })]);
        using var client = await server.ConnectAsync();
        await client.SendAsync(request);
        Assert.DoesNotContain("Digest", await client.ReadHeadAsync(), StringComparison.Ordinal);
        Assert.Equal(body, System.Text.Encoding.ASCII.GetString(await client.ReadToEndAsync()));
    }

    [Theory]
    [InlineData("Content-Type")]
    [InlineData("Content-Encoding")]
    [InlineData("Host")]
    [InlineData("Authorization")]
    [InlineData("Set-Cookie")]
    [InlineData("Cache-Control")]
    public async Task A_field_that_frames_routes_or_authenticates_is_no_trailer(string name)
    {
        // RFC 9110 section 6.5.1. The head is out: the client sees that the response is not whole.
        var gate = new Gate();
        await using var server = new RunningServer(Kind.InMemory, [Get("/", async request =>
        {
            var response = await StreamAsync(request, (name, "x"));
            await gate.PassAsync();
            return response;
        })]);
        using var client = await server.ConnectAsync();
        await client.GetAsync("/");
        await client.ReadHeadAsync();
        Assert.Equal("body"u8.ToArray(), await client.ReadChunkAsync());
        gate.Open();
        await client.ExpectResetAsync();
        Assert.IsType<ArgumentException>(server.Log.TakeOne().Exception);
    }

    [Fact]
    public void A_field_that_the_server_writes_is_refused_at_once()
    {
        var response = new StreamResponse();
        foreach (string name in new[] { "Content-Length", "Transfer-Encoding", "Connection" })
            Assert.Throws<ArgumentException>(() => response.Trailers[name] = "x");
        Assert.Throws<ArgumentException>(() => response.Trailers["X"] = "a\r\nb");
    }

    private static async Task<StreamResponse> StreamAsync(Request request, params (string Name, string Value)[] trailers)
    {
        var response = new StreamResponse();
        await response.PrepareAsync(request);
        await response.WriteAsync("body");
        foreach (var (name, value) in trailers)
            response.Trailers[name] = value;
        return response;
    }
}
