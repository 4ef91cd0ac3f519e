using Microsoft.Extensions.Time.Testing;

namespace Millrace.Tests.Handlers;

/// <summary>A handler that does not answer in time is given up: 504, or a response broken off; what it does later reaches nobody.</summary>
public sealed class HandlerTimeoutTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly Gate _gate = new();

    private ServerOptions Options => new() { TimeProvider = _time, HandlerTimeout = TimeSpan.FromSeconds(10), BodyRateMin = 0, BodyTimeout = TimeSpan.FromMinutes(5) };

    [Fact]
    public async Task A_handler_that_ignores_its_token_is_answered_504_at_the_limit_and_its_own_answer_dropped()
    {
        Request? kept = null;
        var token = CancellationToken.None;
        await using var server = Start(Get("/", async request =>
        {
            kept = request;
            token = request.Aborted;
            await _gate.PassAsync();
            return Response.Text("late");
        }));
        using var counts = new Counts(server);
        using var client = await server.ConnectAsync();
        await client.GetAsync("/");
        await _gate.Arrived;
        _time.Advance(TimeSpan.FromSeconds(9.9));
        Assert.Equal(0, client.InMemory.BytesFromServer);
        Assert.False(token.IsCancellationRequested);
        _time.Advance(TimeSpan.FromSeconds(0.2));
        var response = await client.ReadAsync();
        Assert.Equal(504, response.Status);
        Assert.True(response.Closes);
        Assert.True(token.IsCancellationRequested);
        await client.ExpectEndAsync();
        client.CompleteWrites();
        await server.ConnectionsEndedAsync();
        Assert.Throws<ObjectDisposedException>(() => kept!.RawTarget);
        Assert.Equal(1, counts["millrace.handlers.given_up"]);
        _gate.Open();
        await Deadline.UntilAsync(() => counts["millrace.handlers.given_up"] == 0, "the end of the handler");
        Assert.Equal("HandlerTimeout 1", counts.Ends);
    }

    [Fact]
    public async Task A_handler_that_heeds_its_token_is_answered_504_all_the_same()
    {
        await using var server = Start(Get("/", async request =>
        {
            var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            using var registration = request.Aborted.Register(() => cancelled.SetCanceled(request.Aborted));
            await cancelled.Task;
            return Response.Text("never");
        }));
        await ExpectTimeoutAsync(server, "GET / HTTP/1.1\r\nHost: a\r\n\r\n", 10);
    }

    [Fact]
    public async Task What_a_handler_throws_after_its_time_is_no_complaint()
    {
        await using var server = Start(Get("/", async Task<Response> (request) =>
        {
            await _gate.PassAsync();
            throw new InvalidOperationException("too late");
        }));
        using var counts = new Counts(server);
        await ExpectTimeoutAsync(server, "GET / HTTP/1.1\r\nHost: a\r\n\r\n", 10);
        _gate.Open();
        await Deadline.UntilAsync(() => server.Log.Lines.Any(line => line.Exception?.Message == "too late"), "the line of the late handler");
    }

    [Fact]
    public async Task A_handler_that_waits_for_a_body_is_told_so_and_the_client_gets_its_504_whole()
    {
        var failure = new TaskCompletionSource<Exception?>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = Start(Post("/", async request =>
        {
            failure.SetResult(await Record.ExceptionAsync(async () => await request.ReadAsync()));
            return Response.Text("never");
        }));
        await ExpectTimeoutAsync(server, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhello", 10);
        Assert.IsType<ObjectDisposedException>(await failure.Task.InTime());
    }

    [Fact]
    public async Task A_response_that_has_begun_is_broken_off()
    {
        await using var server = Start(Get("/", async request =>
        {
            var response = new StreamResponse();
            await response.PrepareAsync(request);
            await response.WriteAsync("begun"u8.ToArray());
            await _gate.PassAsync();
            return response;
        }));
        using var counts = new Counts(server);
        using var client = await server.ConnectAsync();
        await client.GetAsync("/");
        await client.ReadHeadAsync();
        await _gate.Arrived;
        _time.Advance(TimeSpan.FromSeconds(10.1));
        await client.ExpectResetAsync();
        await server.ConnectionsEndedAsync();
        Assert.Equal("HandlerTimeout 1", counts.Ends);
        _gate.Open();
        await Deadline.UntilAsync(() => counts["millrace.handlers.given_up"] == 0, "the end of the handler");
    }

    [Fact]
    public async Task A_route_has_a_limit_of_its_own_and_may_have_none()
    {
        await using var server = Start(Get("/short", Wait).Timeout(TimeSpan.FromSeconds(1)), Get("/none", Wait).Timeout(Timeout.InfiniteTimeSpan));
        await ExpectTimeoutAsync(server, "GET /short HTTP/1.1\r\nHost: a\r\n\r\n", 1);
        using var client = await server.ConnectAsync();
        await client.GetAsync("/none");
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(0, client.InMemory.BytesFromServer);
        _gate.Open();
        Assert.Equal("waited", (await client.ReadAsync()).Text);
    }

    [Fact]
    public async Task Another_protocol_takes_the_time_it_takes()
    {
        await using var server = Start(Get("/", async request =>
        {
            var upgrade = new UpgradeResponse("echo");
            var stream = await upgrade.AcceptAsync(request);
            var buffer = new byte[1];
            await stream.ReadExactlyAsync(buffer);
            await stream.WriteAsync(buffer);
            return upgrade;
        }));
        using var client = await server.ConnectAsync();
        await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n");
        await client.ReadHeadAsync();
        _time.Advance(TimeSpan.FromHours(1));
        await client.SendAsync("x");
        Assert.Equal("x"u8.ToArray(), await client.ReadExactlyAsync(1));
    }

    [Fact]
    public async Task So_does_a_WebSocket()
    {
        await using var server = Start(Get("/", async request =>
        {
            var socket = new WebSocketResponse { Heartbeat = Timeout.InfiniteTimeSpan };
            await socket.PrepareAsync(request);
            await foreach (var message in socket)
                await socket.SendAsync(message.Text);
            return socket;
        }));
        using var client = await WebSockets.WsClient.OpenAsync(server);
        _time.Advance(TimeSpan.FromHours(1));
        await client.SendAsync(WebSockets.WsClient.Text("still here"));
        await client.ExpectTextAsync("still here");
    }

    [Theory]
    [MemberData(nameof(Kinds.Network), MemberType = typeof(Kinds))]
    public async Task A_handler_that_takes_too_long_is_answered_504_on_the_network(Kind kind)
    {
        await using var server = new RunningServer(kind, [Get("/", Wait).Timeout(TimeSpan.FromMilliseconds(50))]);
        Assert.Equal(504, (await server.GetAsync("/")).Status);
        _gate.Open();
    }

    private async Task<Response> Wait(Request request)
    {
        await _gate.PassAsync();
        return Response.Text("waited");
    }

    private RunningServer Start(params Route[] routes) => new(Kind.InMemory, routes, Options);

    private async Task ExpectTimeoutAsync(RunningServer server, string request, int seconds)
    {
        using var client = await server.ConnectAsync();
        await client.SendAsync(request);
        _time.Advance(TimeSpan.FromSeconds(seconds - 0.1));
        Assert.Equal(0, client.InMemory.BytesFromServer);
        _time.Advance(TimeSpan.FromSeconds(0.2));
        var response = await client.ReadAsync();
        Assert.Equal(504, response.Status);
        Assert.True(response.Closes);
        await client.ExpectEndAsync();
    }
}
