namespace Millrace.Tests.WebSockets;

/// <summary>Opening a WebSocket (RFC 6455 section 4.2; reference 5.10, rows 190 to 192 and 205 to 207).</summary>
public sealed class HandshakeTests
{
    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task Row_190_the_sample_key_of_the_standard_is_answered_as_there(Kind kind)
    {
        await using var server = Echoes.Server(kind);
        using var client = await WsClient.OpenAsync(server);
        Assert.Contains("\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n", client.Head, StringComparison.Ordinal);
        Assert.Contains("\r\nUpgrade: websocket\r\n", client.Head, StringComparison.Ordinal);
        Assert.Contains("\r\nConnection: upgrade\r\n", client.Head, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("Sec-WebSocket-Protocol", client.Head, StringComparison.Ordinal);
        Assert.DoesNotContain("Sec-WebSocket-Extensions", client.Head, StringComparison.Ordinal);
        Assert.DoesNotContain("Content-Length", client.Head, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(426, "GET / HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData(426, "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")]
    [InlineData(426, "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")]
    [InlineData(426, "GET / HTTP/1.1\r\nHost: a\r\nConnection: notupgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")]
    [InlineData(426, "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websockets\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")]
    [InlineData(426, "GET / HTTP/1.0\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")]
    [InlineData(400, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")]
    [InlineData(426, "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")]
    [InlineData(426, "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 8\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")]
    [InlineData(426, "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 013\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")]
    [InlineData(400, "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\r\n")]
    [InlineData(400, "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: c2hvcnQ=\r\n\r\n")]
    [InlineData(400, "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: !GhlIHNhbXBsZSBub25jZQ==\r\n\r\n")]
    [InlineData(400, "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")]
    public async Task Row_191_whoever_does_not_ask_properly_is_refused_and_may_ask_again(int status, string request)
    {
        await using var server = Echoes.Server(Kind.InMemory, onEnd: null);
        using var client = await server.ConnectAsync();
        var response = await client.AskAsync(request);
        // POST reaches no route of GET.
        Assert.Equal(request.StartsWith("POST", StringComparison.Ordinal) ? 405 : status, response.Status);
        if (status == 426)
        {
            Assert.Equal(("websocket", "13"), (response["Upgrade"], response["Sec-WebSocket-Version"]));
            Assert.EndsWith("Upgrade", response["Connection"], StringComparison.Ordinal);
        }
        if (!response.Closes)
            Assert.Equal(426, (await client.AskAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n")).Status);
    }

    [Fact]
    public async Task Row_191_another_method_is_400_where_the_route_takes_it()
    {
        await using var server = new RunningServer(Kind.InMemory, [Route("*", "/", async request =>
        {
            var ws = new WebSocketResponse();
            Assert.False(ws.CanPrepare(request));
            await Assert.ThrowsAsync<HttpBadRequestException>(async () => await ws.PrepareAsync(request));
            return new Response(400);
        })]);
        Assert.Equal(400, (await server.AskAsync($"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n{WsClient.Fields}\r\n")).Status);
    }

    [Theory]
    [InlineData("a, chat", "chat,v2", "chat")]
    [InlineData("v2 ,chat", "chat,v2", "v2")]
    [InlineData("a\r\nSec-WebSocket-Protocol: v2", "chat,v2", "v2")]
    [InlineData("a, b", "chat", null)]
    [InlineData("a", "", null)]
    public async Task Row_192_the_first_sub_protocol_of_the_client_that_the_server_speaks_is_agreed_on(string offered, string spoken, string? agreed)
    {
        string? seen = "none";
        await using var server = Echoes.Server(Kind.InMemory,
            () => new WebSocketResponse { Protocols = spoken.Split(',', StringSplitOptions.RemoveEmptyEntries) }, onEnd: ws => seen = ws.Protocol);
        using var client = await WsClient.OpenAsync(server, $"Sec-WebSocket-Protocol: {offered}\r\n");
        Assert.Equal(agreed, new RawResponse(client.Head, [])["Sec-WebSocket-Protocol"]);
        await client.SendAsync(WsClient.Close(1000));
        await client.ExpectCloseAsync(1000);
        await server.ConnectionsEndedAsync();
        Assert.Equal(agreed, seen);
    }

    [Theory]
    [InlineData("http://a", null, true)]
    [InlineData("https://A", null, true)]
    [InlineData("https://a:443", null, true)]
    [InlineData("http://a:443", null, false)]
    [InlineData("http://b", null, false)]
    [InlineData("http://a.b", null, false)]
    [InlineData("http://evil/a", null, false)]
    [InlineData("null", null, false)]
    [InlineData("a", null, false)]
    [InlineData("http://b", "http://b", true)]
    [InlineData("http://a", "http://b", false)]
    [InlineData("http://c", "*", true)]
    public async Task A_page_may_connect_to_its_own_host_or_where_it_is_on_the_list(string origin, string? allowed, bool may)
    {
        await using var server = Echoes.Server(Kind.InMemory, () => new WebSocketResponse { AllowedOrigins = allowed is null ? null : [allowed] });
        var answer = await server.AskAsync($"GET / HTTP/1.1\r\nHost: a\r\nOrigin: {origin}\r\n{WsClient.Fields}\r\n");
        Assert.Equal(may ? 101 : 403, answer.Status);
    }

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task Row_205_frames_in_one_segment_with_the_handshake_are_delivered(Kind kind)
    {
        await using var server = Echoes.Server(kind);
        using var client = await WsClient.OpenAsync(server, early: [.. WsClient.Text("one"), .. WsClient.Text("two"), .. WsClient.Text("three")[..4]]);
        await client.ExpectTextAsync("one");
        await client.ExpectTextAsync("two");
        await client.SendAsync(WsClient.Text("three")[4..]);
        await client.ExpectTextAsync("three");
    }

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task Row_206_a_declined_upgrade_with_a_body_and_a_request_behind_it_are_served_once_each(Kind kind)
    {
        await using var server = new RunningServer(kind, [Get("/", async request => Response.Text($"plain {await request.TextAsync()}"))]);
        using var client = await server.ConnectAsync();
        await client.SendAsync($"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n{WsClient.Fields}\r\nabcGET / HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.Equal("plain abc", (await client.ReadAsync()).Text);
        Assert.Equal("plain ", (await client.ReadAsync()).Text);
        client.CompleteWrites();
        await client.ExpectEndAsync();
    }

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task Row_207_a_body_in_front_of_the_frames_is_consumed_first(Kind kind)
    {
        await using var server = Echoes.Server(kind);
        var bytes = WsClient.Text("smuggled");
        using var client = await WsClient.OpenAsync(server, $"Content-Length: {bytes.Length}\r\n", [.. bytes, .. WsClient.Text("real")]);
        await client.ExpectTextAsync("real");
    }

    [Fact]
    public async Task The_request_is_there_as_long_as_its_handler_runs_and_holds_no_buffer()
    {
        await using var server = new RunningServer(Kind.InMemory, [Get("/{room}", async request =>
        {
            var ws = new WebSocketResponse();
            await ws.PrepareAsync(request);
            await foreach (var message in ws)
                await ws.SendAsync($"{request.Match["room"]} {request.Query["q"]} {request.Headers["X-Who"]} {request.Path}");
            return ws;
        })]);
        using var client = new WsClient(await server.ConnectAsync());
        await client.Raw.SendAsync($"GET /green?q=1 HTTP/1.1\r\nHost: a\r\nX-Who: me\r\n{WsClient.Fields}\r\n");
        await client.Raw.ReadHeadAsync();
        await Deadline.UntilAsync(() => server.Rented == 0, "the return of every buffer");
        await client.SendAsync(WsClient.Text("?"));
        await client.ExpectTextAsync("green 1 me /green");
    }

    [Fact]
    public async Task A_response_that_nobody_opened_is_500_and_a_request_opens_one()
    {
        await using var server = new RunningServer(Kind.InMemory,
        [
            Get("/none", request => new WebSocketResponse()),
            Get("/two", async request =>
            {
                var ws = new WebSocketResponse();
                Assert.True(ws.CanPrepare(request));
                await ws.PrepareAsync(request);
                await ws.PrepareAsync(request);
                await Assert.ThrowsAsync<InvalidOperationException>(async () => await new WebSocketResponse().PrepareAsync(request));
                return ws;
            }),
        ]);
        Assert.Equal(500, (await server.GetAsync("/none")).Status);
        Assert.Contains("PrepareAsync", server.Log.TakeOne().Exception!.Message, StringComparison.Ordinal);
        using var client = new WsClient(await server.ConnectAsync());
        await client.Raw.GetAsync("/two", WsClient.Fields);
        await client.Raw.ReadHeadAsync();
        await client.ExpectCloseAsync(1000, answer: true);
    }
}
