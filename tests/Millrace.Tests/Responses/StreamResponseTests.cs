namespace Millrace.Tests.Responses;

/// <summary>Responses that are written piece by piece (rows 117, 119, 128).</summary>
public sealed class StreamResponseTests
{
    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task A_stream_of_unknown_length_goes_out_in_chunks_as_row_128_says(Kind kind)
    {
        await using var server = new RunningServer(kind, [Get("/", async request =>
        {
            var response = new StreamResponse { ContentType = "text/plain" };
            Assert.False(response.IsPrepared);
            await response.PrepareAsync(request);
            Assert.True(response.IsPrepared);
            await response.WriteAsync("one");
            // An empty chunk would end the body.
            await response.WriteAsync("");
            await response.WriteAsync(new byte[100_000]);
            await response.WriteAsync("é");
            return response;
        })]);
        using var client = await server.ConnectAsync();
        for (int i = 0; i < 2; i++)
        {
            await client.GetAsync("/");
            var response = await client.ReadAsync();
            Assert.Equal([3, 100_000, 2], response.Chunks);
            Assert.False(response.Closes);
            Assert.Equal("text/plain", response["Content-Type"]);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task Head_and_pieces_go_out_when_they_are_written_and_not_later(Kind kind)
    {
        Gate prepared = new(), written = new();
        await using var server = new RunningServer(kind, [Get("/", async request =>
        {
            var response = new StreamResponse();
            await response.PrepareAsync(request);
            await prepared.PassAsync();
            await response.WriteAsync("piece");
            await written.PassAsync();
            return response;
        })]);
        using var client = await server.ConnectAsync();
        await client.GetAsync("/");
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", await client.ReadHeadAsync(), StringComparison.Ordinal);
        prepared.Open();
        Assert.Equal("piece"u8.ToArray(), await client.ReadChunkAsync());
        written.Open();
        Assert.Empty(await client.ReadChunkAsync());
    }

    [Theory]
    [InlineData("")]
    [InlineData("Connection: keep-alive\r\n")]
    public async Task An_HTTP_1_0_client_gets_the_stream_up_to_the_close_as_row_119_says(string field)
    {
        await using var server = new RunningServer(Kind.InMemory, [Get("/", request => StreamAsync(request, null, "one", "two"))]);
        using var client = await server.ConnectAsync();
        await client.SendAsync($"GET / HTTP/1.0\r\n{field}\r\n");
        var response = await client.ReadAsync();
        Assert.Equal("onetwo", response.Text);
        Assert.Null(response["Transfer-Encoding"]);
        Assert.True(response.Closes);
    }

    [Fact]
    public async Task A_stream_of_declared_length_goes_out_with_it_to_every_version()
    {
        await using var server = new RunningServer(Kind.InMemory, [Get("/", request => StreamAsync(request, 6, "one", "", "two"))]);
        using var client = await server.ConnectAsync();
        await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n");
        for (int i = 0; i < 3; i++)
        {
            var response = await client.ReadAsync();
            Assert.Equal(("onetwo", "6"), (response.Text, response["Content-Length"]));
        }
    }

    [Fact]
    public async Task A_stream_that_nobody_prepared_is_sent_when_it_is_returned()
    {
        await using var server = new RunningServer(Kind.InMemory,
            [Get("/", request => new StreamResponse(201)), Get("/zero", request => new StreamResponse { ContentLength = 0 })]);
        using var client = await server.ConnectAsync();
        await client.GetAsync("/");
        var response = await client.ReadAsync();
        Assert.Equal((201, "chunked", ""), (response.Status, response["Transfer-Encoding"], response.Text));
        await client.GetAsync("/zero");
        Assert.Equal("0", (await client.ReadAsync())["Content-Length"]);
    }

    [Fact]
    public async Task A_whole_response_may_be_prepared_by_the_handler()
    {
        await using var server = new RunningServer(Kind.InMemory, [Get("/", async request =>
        {
            var response = Response.Text("whole");
            await response.PrepareAsync(request);
            return response;
        })]);
        using var client = await server.ConnectAsync();
        await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.Equal("whole", (await client.ReadAsync()).Text);
        Assert.Equal("whole", (await client.ReadAsync()).Text);
    }

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task A_client_that_reads_slowly_makes_the_write_wait_and_the_server_holds_little(Kind kind)
    {
        const int Pieces = 500;
        int written = 0;
        await using var server = new RunningServer(kind, [Get("/", async request =>
        {
            var response = new StreamResponse();
            await response.PrepareAsync(request);
            var piece = new byte[64 * 1024];
            for (int i = 0; i < Pieces; i++)
            {
                await response.WriteAsync(piece);
                Volatile.Write(ref written, i + 1);
            }
            return response;
        })]);
        using var client = await server.ConnectAsync();
        await client.GetAsync("/");
        await client.ReadHeadAsync();
        // 32 MB are more than the buffers of any loopback: as long as half is unread, the handler cannot be through.
        for (int i = 0; i < Pieces; i++)
        {
            if (i < Pieces / 2)
                Assert.InRange(Volatile.Read(ref written), 0, Pieces - 1);
            Assert.InRange(server.Rented, 0, 2);
            Assert.Equal(64 * 1024, (await client.ReadChunkAsync()).Length);
        }
        Assert.Empty(await client.ReadChunkAsync());
    }

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task A_write_to_a_client_that_has_reset_is_an_IOException_and_no_error_of_ours(Kind kind)
    {
        var started = new Gate();
        var thrown = new TaskCompletionSource<Exception>();
        await using var server = new RunningServer(kind, [Get("/", async Task<StreamResponse> (request) =>
        {
            var response = new StreamResponse();
            await response.PrepareAsync(request);
            await started.PassAsync();
            try
            {
                while (true)
                    await response.WriteAsync(new byte[100_000]);
            }
            catch (Exception e)
            {
                thrown.SetResult(e);
                throw;
            }
        })]);
        using var client = await server.ConnectAsync();
        await client.GetAsync("/");
        await started.Arrived;
        client.Reset();
        started.Open();
        Assert.Equal("The client has closed the connection.", Assert.IsType<IOException>(await thrown.Task.InTime()).Message);
        await server.ConnectionsEndedAsync();
    }

    [Fact]
    public async Task Body_and_response_may_stream_at_the_same_time()
    {
        await using var server = new RunningServer(Kind.InMemory, [Post("/", async request =>
        {
            var response = new StreamResponse();
            await response.PrepareAsync(request);
            var buffer = new byte[100];
            while (await request.Body.ReadAsync(buffer) is > 0 and var n)
                await response.WriteAsync(buffer.AsMemory(0, n));
            return response;
        })]);
        using var client = await server.ConnectAsync();
        await client.SendAsync("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
        await client.ReadHeadAsync();
        foreach (string piece in new[] { "one", "two" })
        {
            await client.SendAsync($"3\r\n{piece}\r\n");
            Assert.Equal(3, (await client.ReadChunkAsync()).Length);
        }
        await client.SendAsync("0\r\n\r\n");
        Assert.Empty(await client.ReadChunkAsync());
        await client.GetAsync("/");
        Assert.Equal(405, (await client.ReadAsync()).Status);
    }

    private static async Task<StreamResponse> StreamAsync(Request request, long? length, params string[] pieces)
    {
        var response = new StreamResponse { ContentLength = length };
        await response.PrepareAsync(request);
        foreach (string piece in pieces)
            await response.WriteAsync(piece);
        return response;
    }
}
