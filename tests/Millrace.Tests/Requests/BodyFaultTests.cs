namespace Millrace.Tests.Requests;

/// <summary>Bodies that do not come as they should: cancelled reads, clients that leave, malformed chunks, two readers.</summary>
public sealed class BodyFaultTests
{
    private const string Head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n";

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task A_read_that_is_cancelled_leaves_the_body_to_be_read_on(Kind kind)
    {
        var cancelled = new Gate();
        using var source = new CancellationTokenSource();
        await using var server = new RunningServer(kind, [Post("/", async request =>
        {
            var buffer = new byte[10];
            int n = await request.Body.ReadAsync(buffer);
            var read = request.Body.ReadAsync(buffer.AsMemory(n), source.Token).AsTask();
            await source.CancelAsync();
            var thrown = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read);
            Assert.Equal(source.Token, thrown.CancellationToken);
            await cancelled.PassAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await request.Body.ReadAsync(buffer, source.Token));
            while (n < 5)
                n += await request.Body.ReadAsync(buffer.AsMemory(n));
            return Response.Bytes(buffer.AsMemory(0, n));
        })]);
        using var client = await server.ConnectAsync();
        await client.SendAsync(Head + "he");
        await cancelled.Arrived;
        await client.SendAsync("llo");
        cancelled.Open();
        Assert.Equal("hello", (await client.ReadAsync()).Text);
        // A cancellation that came too late for its read ends no other wait.
        await client.GetAsync("/");
        Assert.Equal(405, (await client.ReadAsync()).Status);
    }

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task A_client_that_ends_in_the_middle_of_a_body_is_an_IOException_and_no_error_of_ours(Kind kind)
    {
        // Row 65.
        var thrown = new TaskCompletionSource<Exception>();
        await using var server = new RunningServer(kind, [Post("/", async request =>
        {
            try
            {
                return Response.Text(await request.TextAsync());
            }
            catch (Exception e)
            {
                thrown.SetResult(e);
                throw;
            }
        })]);
        using var client = await server.ConnectAsync();
        await client.SendAsync(Head + "he");
        client.CompleteWrites();
        Assert.Equal("The client closed the connection before it had sent the whole body.", Assert.IsType<IOException>(await thrown.Task.InTime()).Message);
        // It has closed its own side only: it reads that its request was not whole (RFC 9112 section 8).
        var answer = await client.ReadAsync();
        Assert.Equal((400, true), (answer.Status, answer.Closes));
        await client.ExpectEndAsync();
        await server.ConnectionsEndedAsync();
    }

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task A_client_that_resets_in_the_middle_of_a_body_is_an_IOException_and_no_error_of_ours(Kind kind)
    {
        var reading = new Gate();
        reading.Open();
        var thrown = new TaskCompletionSource<Exception>();
        await using var server = new RunningServer(kind, [Post("/", async request =>
        {
            await reading.PassAsync();
            try
            {
                return Response.Text(await request.TextAsync());
            }
            catch (Exception e)
            {
                thrown.SetResult(e);
                throw;
            }
        })]);
        using var client = await server.ConnectAsync();
        await client.SendAsync(Head + "he");
        await reading.Arrived;
        client.Reset();
        Assert.IsType<IOException>(await thrown.Task.InTime());
        await server.ConnectionsEndedAsync();
    }

    [Theory]
    [InlineData("x\r\n")]
    [InlineData("5\r\nhelloX")]
    [InlineData("5\nhello")]
    [InlineData("10000000000000000\r\n")]
    public async Task A_malformed_chunk_is_answered_400_whoever_reads_it(string chunks)
    {
        // RFC 9112 7.1; rows 56 to 60.
        await using var server = new RunningServer(Kind.InMemory,
        [
            Post("/read", async request => Response.Text(await request.TextAsync())),
            Post("/catch", async request =>
            {
                var fault = await Assert.ThrowsAsync<HttpBadRequestException>(async () => await request.TextAsync());
                var again = await Assert.ThrowsAsync<HttpBadRequestException>(async () => await request.Body.ReadAsync(new byte[10]));
                Assert.Equal((400, 400), (fault.Status, again.Status));
                return Response.Text("caught", 400);
            }),
            Post("/ignore", request => Response.Text("ignored")),
        ]);
        foreach (var (path, status) in new[] { ("/read", 400), ("/catch", 400), ("/ignore", 200) })
        {
            using var client = await server.ConnectAsync();
            await client.SendAsync($"POST {path} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n{chunks}GET / HTTP/1.1\r\nHost: a\r\n\r\n");
            Assert.Equal(status, (await client.ReadAsync()).Status);
            // Nothing behind it can be told from it.
            await client.ExpectEndAsync();
        }
    }

    [Fact]
    public async Task Two_reads_at_once_are_refused_and_the_first_goes_on()
    {
        await using var server = new RunningServer(Kind.InMemory, [Post("/", async request =>
        {
            var first = request.TextAsync().AsTask();
            var refused = await Assert.ThrowsAsync<InvalidOperationException>(async () => await request.Body.ReadAsync(new byte[1]));
            return Response.Text(await first + refused.Message);
        })]);
        using var client = await server.ConnectAsync();
        await client.SendAsync(Head);
        await client.SendAsync("hello");
        Assert.Equal("helloAnother read of this body is under way: await each before the next.", (await client.ReadAsync()).Text);
    }

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task A_read_that_still_runs_when_the_handler_returns_is_cut_short_with_the_connection(Kind kind)
    {
        var stray = new TaskCompletionSource<Task<int>>();
        await using var server = new RunningServer(kind, [Post("/", request =>
        {
            stray.SetResult(request.Body.ReadAsync(new byte[10]).AsTask());
            return Response.Text("early");
        })]);
        using var client = await server.ConnectAsync();
        await client.SendAsync(Head);
        var read = await stray.Task.InTime();
        await Assert.ThrowsAsync<IOException>(() => read.InTime());
        await server.ConnectionsEndedAsync();
    }

    [Fact]
    public async Task A_body_read_after_the_request_has_ended_is_refused()
    {
        Request? kept = null;
        await using var server = new RunningServer(Kind.InMemory, [Post("/", request =>
        {
            kept = request;
            return new Response();
        })]);
        await server.AskAsync(Head + "hello");
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await kept!.Body.ReadAsync(new byte[10]));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await kept!.Body.AsStream().ReadExactlyAsync(new byte[1]));
    }
}
