using System.Text;

namespace Millrace.Tests.Responses;

/// <summary>Leaving HTTP: Upgrade (RFC 9110 section 7.8) and CONNECT (section 9.3.6).</summary>
public sealed class UpgradeTests
{
    private const string Ask = "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n";
    private const string Connect = "CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n";

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task After_101_the_connection_is_the_handlers_in_both_directions_until_it_ends(Kind kind)
    {
        await using var server = Echo(kind);
        using var client = await server.ConnectAsync();
        await client.SendAsync(Ask);
        ExpectSwitch(await client.ReadHeadAsync());
        foreach (string text in new[] { "one", "GET / HTTP/1.1\r\nHost: a\r\n\r\n" })
        {
            await client.SendAsync(text);
            Assert.Equal(text, Encoding.ASCII.GetString(await client.ReadExactlyAsync(text.Length)));
        }
        // Half-closed: what the handler still says arrives.
        client.CompleteWrites();
        Assert.Equal("bye", Encoding.ASCII.GetString(await client.ReadToEndAsync()));
        await server.ConnectionsEndedAsync();
    }

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task A_route_for_targets_without_a_path_takes_CONNECT_and_opens_a_tunnel(Kind kind)
    {
        await using var server = new RunningServer(kind, [Route("CONNECT", "*", async request =>
        {
            var tunnel = new UpgradeResponse();
            var stream = await tunnel.AcceptAsync(request);
            await stream.CopyToAsync(stream);
            return tunnel;
        })]);
        using var client = await server.ConnectAsync();
        await client.SendAsync(Connect + "early");
        Assert.StartsWith("HTTP/1.1 200 ", await client.ReadHeadAsync(), StringComparison.Ordinal);
        client.CompleteWrites();
        Assert.Equal("early", Encoding.ASCII.GetString(await client.ReadToEndAsync()));
        Assert.Equal(200, (await server.AskAsync("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n")).Status);
    }

    [Fact]
    public async Task What_follows_a_plain_success_to_CONNECT_is_not_read_as_a_request()
    {
        // RFC 9110 section 9.3.6: to the client it is in the tunnel.
        int calls = 0;
        await using var server = new RunningServer(Kind.InMemory, [Route("*", "*", request => Response.Text($"{++calls}"))]);
        using var client = await server.ConnectAsync();
        await client.SendAsync(Connect + "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.Contains("\r\nConnection: close\r\n", await client.ReadHeadAsync(), StringComparison.Ordinal);
        Assert.Empty(await client.ReadToEndAsync());
        Assert.Equal(1, calls);
    }

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task Bytes_that_came_behind_the_request_are_the_first_that_the_handler_reads(Kind kind)
    {
        await using var server = Echo(kind);
        using var client = await server.ConnectAsync();
        await client.SendAsync("GET /plain HTTP/1.1\r\nHost: a\r\n\r\n" + Ask + "early");
        Assert.Equal("plain", (await client.ReadAsync()).Text);
        ExpectSwitch(await client.ReadHeadAsync());
        await client.SendAsync(" and late");
        client.CompleteWrites();
        Assert.Equal("early and latebye", Encoding.ASCII.GetString(await client.ReadToEndAsync()));
    }

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task A_body_in_front_is_consumed_before_the_switch(Kind kind)
    {
        // CVE-2026-69243: what is left of a body must not pass for the new protocol.
        await using var server = Echo(kind);
        using var client = await server.ConnectAsync();
        await client.SendAsync("POST / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: echo\r\nContent-Length: 8\r\n\r\nsmug");
        await client.SendAsync("gledtunnel");
        ExpectSwitch(await client.ReadHeadAsync());
        client.CompleteWrites();
        Assert.Equal("tunnelbye", Encoding.ASCII.GetString(await client.ReadToEndAsync()));
        using var chunked = await server.ConnectAsync();
        await chunked.SendAsync("POST / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: echo\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\ntunnel");
        ExpectSwitch(await chunked.ReadHeadAsync());
        chunked.CompleteWrites();
        Assert.Equal("tunnelbye", Encoding.ASCII.GetString(await chunked.ReadToEndAsync()));
    }

    [Fact]
    public async Task A_body_in_front_that_is_too_large_is_413_and_nothing_is_switched()
    {
        await using var server = new RunningServer(Kind.InMemory, EchoAsync("echo"), new ServerOptions { BodyBytesMax = 3 });
        var response = await server.AskAsync("POST / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: echo\r\nContent-Length: 4\r\n\r\nbody");
        Assert.Equal(413, response.Status);
    }

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task A_tunnel_opens_with_200_without_framing(Kind kind)
    {
        await using var server = new RunningServer(kind, EchoAsync(protocol: null));
        using var client = await server.ConnectAsync();
        await client.SendAsync(Connect + "early");
        string head = await client.ReadHeadAsync();
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", head, StringComparison.Ordinal);
        foreach (string name in new[] { "Content-Length", "Transfer-Encoding", "Upgrade", "Connection" })
            Assert.DoesNotContain($"\r\n{name}:", head, StringComparison.Ordinal);
        client.CompleteWrites();
        Assert.Equal("earlybye", Encoding.ASCII.GetString(await client.ReadToEndAsync()));
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nUpgrade: echo\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: h2c, echoes\r\n\r\n")]
    [InlineData("GET / HTTP/1.0\r\nConnection: keep-alive, Upgrade\r\nUpgrade: echo\r\n\r\n")]
    public async Task Who_does_not_ask_for_the_protocol_gets_426_which_names_it_and_the_connection_goes_on(string request)
    {
        // RFC 9110 section 15.5.22.
        await using var server = Echo(Kind.InMemory);
        using var client = await server.ConnectAsync();
        for (int i = 0; i < 2; i++)
        {
            var response = await client.AskAsync(request);
            Assert.Equal((426, "echo", false), (response.Status, response["Upgrade"], response.Closes));
            // RFC 9110 section 7.8: whoever sends Upgrade names it in Connection.
            Assert.Equal(request.Contains("HTTP/1.0", StringComparison.Ordinal) ? "keep-alive, Upgrade" : "Upgrade", response["Connection"]);
        }
    }

    [Fact]
    public async Task An_answer_with_Upgrade_that_is_the_last_says_both_in_Connection()
    {
        await using var server = new RunningServer(Kind.InMemory, [Get("/", request =>
        {
            var response = Response.Text("ask for h2c");
            response.Headers["upgrade"] = "h2c";
            response.Headers["Upgrade"] = "echo";
            return response;
        }), Get("/none", request =>
        {
            var response = Response.Text("x");
            response.Headers["Upgrade"] = "echo";
            response.Headers["Upgrade"] = null;
            return response;
        })]);
        var response = await server.AskAsync("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        Assert.Equal(("echo", "close, Upgrade"), (response["Upgrade"], response["Connection"]));
        Assert.Null((await server.AskAsync("GET /none HTTP/1.1\r\nHost: a\r\n\r\n"))["Connection"]);
    }

    [Theory]
    [InlineData("Connection: foo, UPGRADE\r\nUpgrade: h2c, Echo")]
    [InlineData("Connection: upgrade\r\nUpgrade: h2c\r\nUpgrade: ECHO")]
    public async Task The_protocol_may_be_one_of_several_in_any_case(string fields)
    {
        await using var server = Echo(Kind.InMemory);
        using var client = await server.ConnectAsync();
        await client.GetAsync("/", fields + "\r\n");
        ExpectSwitch(await client.ReadHeadAsync());
        client.CompleteWrites();
        await client.ReadToEndAsync();
    }

    [Fact]
    public async Task A_tunnel_that_nobody_asked_for_is_400()
    {
        await using var server = new RunningServer(Kind.InMemory, EchoAsync(protocol: null));
        Assert.Equal(400, (await server.GetAsync("/")).Status);
    }

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task An_exception_after_the_switch_breaks_the_connection(Kind kind)
    {
        await using var server = new RunningServer(kind, [Get("/", async Task<StreamResponse> (request) =>
        {
            var upgrade = new UpgradeResponse("echo");
            var stream = await upgrade.AcceptAsync(request);
            await stream.ReadExactlyAsync(new byte[1]);
            throw new InvalidOperationException("mine");
        })]);
        using var client = await server.ConnectAsync();
        await client.SendAsync(Ask);
        ExpectSwitch(await client.ReadHeadAsync());
        await client.SendAsync("x");
        await client.ExpectResetAsync();
        await server.ConnectionsEndedAsync();
        Assert.Equal("mine", server.Log.TakeOne().Exception!.Message);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_upgrade_that_is_returned_but_not_accepted_is_500(bool later)
    {
        await using var server = new RunningServer(Kind.InMemory, [Get("/", async request =>
        {
            if (later)
                await Task.Yield();
            return new UpgradeResponse("echo");
        })]);
        Assert.Equal(500, (await server.AskAsync(Ask)).Status);
        Assert.Contains("AcceptAsync", server.Log.TakeOne().Exception!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_stream_is_the_handlers_only_until_it_returns_and_a_request_is_accepted_once()
    {
        Stream? kept = null;
        await using var server = new RunningServer(Kind.InMemory, [Get("/", async request =>
        {
            var upgrade = new UpgradeResponse("echo");
            kept = await upgrade.AcceptAsync(request);
            await Assert.ThrowsAsync<InvalidOperationException>(async () => await new UpgradeResponse("echo").AcceptAsync(request));
            await Assert.ThrowsAsync<InvalidOperationException>(async () => await request.SendInterimAsync(103, []));
            return upgrade;
        })]);
        using var client = await server.ConnectAsync();
        // A request behind it is not answered: the connection left HTTP.
        await client.SendAsync(Ask + Ask);
        ExpectSwitch(await client.ReadHeadAsync());
        await client.ExpectEndAsync();
        client.CompleteWrites();
        await server.ConnectionsEndedAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await kept!.WriteAsync(new byte[1]));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await kept!.ReadExactlyAsync(new byte[1]));
    }

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task A_read_that_is_cancelled_leaves_the_connection_usable(Kind kind)
    {
        await using var server = new RunningServer(kind, [Get("/", async request =>
        {
            var upgrade = new UpgradeResponse("echo");
            var stream = await upgrade.AcceptAsync(request);
            using var cancel = new CancellationTokenSource();
            var read = stream.ReadAsync(new byte[1], cancel.Token).AsTask();
            await Assert.ThrowsAsync<InvalidOperationException>(async () => await stream.ReadExactlyAsync(new byte[1]));
            await cancel.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read);
            await stream.WriteAsync("go"u8.ToArray());
            var one = new byte[1];
            await stream.ReadExactlyAsync(one);
            await stream.WriteAsync(one);
            return upgrade;
        })]);
        using var client = await server.ConnectAsync();
        await client.SendAsync(Ask);
        ExpectSwitch(await client.ReadHeadAsync());
        Assert.Equal("go"u8.ToArray(), await client.ReadExactlyAsync(2));
        await client.SendAsync("x");
        Assert.Equal("x"u8.ToArray(), await client.ReadToEndAsync());
    }

    private static void ExpectSwitch(string head)
    {
        Assert.StartsWith("HTTP/1.1 101 Switching Protocols\r\n", head, StringComparison.Ordinal);
        Assert.Contains("\r\nUpgrade: echo\r\n", head, StringComparison.Ordinal);
        Assert.Contains("\r\nConnection: upgrade\r\n", head, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("\r\nContent-Length", head, StringComparison.Ordinal);
        Assert.DoesNotContain("\r\nTransfer-Encoding", head, StringComparison.Ordinal);
    }

    private static RunningServer Echo(Kind kind) => new(kind, EchoAsync("echo"));

    private static Handler EchoAsync(string? protocol) => async request =>
    {
        if (request.RawTarget == "/plain")
            return Response.Text("plain");
        var upgrade = protocol is null ? new UpgradeResponse() : new UpgradeResponse(protocol);
        var stream = await upgrade.AcceptAsync(request);
        await stream.CopyToAsync(stream);
        await stream.WriteAsync("bye"u8.ToArray());
        return upgrade;
    };
}
