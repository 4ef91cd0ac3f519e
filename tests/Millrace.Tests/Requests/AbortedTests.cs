namespace Millrace.Tests.Requests;

/// <summary>Request.Aborted: the handler learns that the client has gone, and a client that only closed its side still gets its answer (rows 115, 116).</summary>
public sealed class AbortedTests
{
    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task The_token_is_cancelled_when_the_client_closes_while_the_handler_runs(Kind kind)
    {
        var gone = new TaskCompletionSource();
        var watching = new Gate();
        watching.Open();
        await using var server = new RunningServer(kind, [Get("/", async request =>
        {
            using var registration = request.Aborted.Register(gone.SetResult);
            await watching.PassAsync();
            await gone.Task.InTime();
            return Response.Text("still here");
        })]);
        using var client = await server.ConnectAsync();
        await client.GetAsync("/");
        await watching.Arrived;
        Assert.False(gone.Task.IsCompleted);
        client.CompleteWrites();
        await gone.Task.InTime();
        // Half closed only: it is answered in full.
        Assert.Equal("still here", (await client.ReadAsync()).Text);
        await client.ExpectEndAsync();
    }

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task The_token_is_cancelled_when_the_client_resets_while_the_handler_runs(Kind kind)
    {
        var watching = new Gate();
        watching.Open();
        var ended = new TaskCompletionSource<Exception>();
        await using var server = new RunningServer(kind, [Get("/", async Task<Response> (request) =>
        {
            var token = request.Aborted;
            await watching.PassAsync();
            try
            {
                await Task.Delay(Timeout.Infinite, token);
            }
            catch (OperationCanceledException e)
            {
                ended.SetResult(e);
                throw;
            }
            return new Response();
        })]);
        using var client = await server.ConnectAsync();
        await client.GetAsync("/");
        await watching.Arrived;
        client.Reset();
        // The cancellation that follows from it is not logged as an error: RunningServer would say so at the end.
        await ended.Task.InTime();
        await server.ConnectionsEndedAsync();
    }

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task A_token_asked_for_after_the_client_has_gone_is_cancelled_already(Kind kind)
    {
        var running = new Gate();
        var cancelled = new TaskCompletionSource();
        await using var server = new RunningServer(kind, [Get("/", async request =>
        {
            await running.PassAsync();
            request.Aborted.Register(cancelled.SetResult);
            await cancelled.Task.InTime();
            Assert.True(request.Aborted.IsCancellationRequested);
            return Response.Text("answered");
        })]);
        using var client = await server.ConnectAsync();
        await client.GetAsync("/");
        await running.Arrived;
        client.CompleteWrites();
        running.Open();
        Assert.Equal("answered", (await client.ReadAsync()).Text);
    }

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task The_token_of_a_request_behind_others_is_cancelled_as_well(Kind kind)
    {
        var watching = new Gate();
        watching.Open();
        var gone = new TaskCompletionSource();
        await using var server = new RunningServer(kind,
        [
            Get("/quick", request => Response.Text($"{request.Aborted.IsCancellationRequested}")),
            Get("/slow", async request =>
            {
                request.Aborted.Register(gone.SetResult);
                await watching.PassAsync();
                await gone.Task.InTime();
                return Response.Text("gone");
            }),
        ]);
        using var client = await server.ConnectAsync();
        await client.SendAsync("GET /quick HTTP/1.1\r\nHost: a\r\n\r\nGET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.Equal("False", (await client.ReadAsync()).Text);
        await watching.Arrived;
        client.CompleteWrites();
        Assert.Equal("gone", (await client.ReadAsync()).Text);
    }

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task The_token_of_a_request_that_begins_after_the_client_has_gone_is_cancelled_from_the_start(Kind kind)
    {
        var watching = new Gate();
        watching.Open();
        await using var server = new RunningServer(kind,
        [
            Get("/first", async request =>
            {
                var gone = new TaskCompletionSource();
                request.Aborted.Register(gone.SetResult);
                await watching.PassAsync();
                await gone.Task.InTime();
                return Response.Text("gone");
            }),
            Get("/second", request => Response.Text($"{request.Aborted.IsCancellationRequested}")),
        ]);
        using var client = await server.ConnectAsync();
        await client.SendAsync("GET /first HTTP/1.1\r\nHost: a\r\n\r\nGET /second HTTP/1.1\r\nHost: a\r\n\r\n");
        await watching.Arrived;
        client.CompleteWrites();
        Assert.Equal("gone", (await client.ReadAsync()).Text);
        Assert.Equal("True", (await client.ReadAsync()).Text);
    }

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task A_client_that_closed_its_side_is_answered_in_full_as_row_115_says(Kind kind)
    {
        var content = Patterns.Bytes(5_000_000);
        await using var server = new RunningServer(kind,
        [
            Get("/fast", request => Response.Bytes(content)),
            Get("/slow", async request =>
            {
                await Task.Yield();
                return Response.Bytes(content);
            }),
            Get("/stream", async request =>
            {
                var response = new StreamResponse();
                await response.PrepareAsync(request);
                await response.WriteAsync(content);
                return response;
            }),
        ]);
        foreach (string path in new[] { "/fast", "/slow", "/stream" })
        {
            using var client = await server.ConnectAsync();
            await client.GetAsync(path);
            client.CompleteWrites();
            Assert.Equal(content, (await client.ReadAsync()).Body);
            await client.ExpectEndAsync();
        }
    }

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task A_callback_of_the_token_that_throws_is_logged_and_harms_nothing(Kind kind)
    {
        var watching = new Gate();
        var gone = new TaskCompletionSource();
        await using var server = new RunningServer(kind, [Get("/", async request =>
        {
            request.Aborted.Register(gone.SetResult);
            request.Aborted.Register(() => throw new InvalidOperationException("in the callback"));
            await watching.PassAsync();
            return Response.Text("answered");
        })]);
        using var client = await server.ConnectAsync();
        await client.GetAsync("/");
        await watching.Arrived;
        client.CompleteWrites();
        await gone.Task.InTime();
        await Deadline.UntilAsync(() => server.Log.Complaints.Count > 0, "the line in the log");
        watching.Open();
        Assert.Equal("answered", (await client.ReadAsync()).Text);
        var line = server.Log.TakeOne();
        Assert.Equal("What waited for the client's disconnection failed.", line.Text);
        Assert.Equal("in the callback", Assert.IsType<AggregateException>(line.Exception).InnerException!.Message);
        using var other = await server.ConnectAsync();
        await other.GetAsync("/");
        Assert.Equal("answered", (await other.ReadAsync()).Text);
    }

    [Fact]
    public async Task The_token_stays_the_same_and_is_not_cancelled_by_the_end_of_its_request()
    {
        CancellationToken token = default;
        await using var server = new RunningServer(Kind.InMemory, [Get("/", request =>
        {
            token = request.Aborted;
            Assert.Equal(token, request.Aborted);
            return new Response();
        })]);
        using (var client = await server.ConnectAsync())
        {
            await client.GetAsync("/");
            await client.ReadAsync();
        }
        Assert.Equal(0, server.Server.ConnectionCount);
        Assert.False(token.IsCancellationRequested);
    }
}
