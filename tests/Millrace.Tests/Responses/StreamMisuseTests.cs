namespace Millrace.Tests.Responses;

/// <summary>Mistakes of a handler with a streamed response: it is told, the client sees that the body is not whole, and nothing gets out of step (rows 129, 130, 144).</summary>
public sealed class StreamMisuseTests
{
    /// <summary>Each returns or throws after the head was sent, and leaves the body unfinished or wrong.</summary>
    private static readonly Dictionary<string, Func<Request, Task<StreamResponse>>> Broken = new()
    {
        ["less than declared"] = async request => await StartAsync(request, 5, "abc"),
        ["nothing of what was declared"] = async request => await StartAsync(request, 5),
        ["more than declared"] = async request => await StartAsync(request, 5, "abcdefg"),
        ["more than declared in two pieces"] = async request => await StartAsync(request, 5, "abc", "defg"),
        ["more than declared, swallowed"] = async request =>
        {
            var response = await StartAsync(request, 5, "abc");
            await Assert.ThrowsAsync<InvalidOperationException>(async () => await response.WriteAsync("defg"));
            return response;
        },
        ["an exception after the head, chunked"] = async request =>
        {
            await StartAsync(request, null, "abc");
            throw new InvalidOperationException("after the head");
        },
        ["an exception after the head, declared"] = async request =>
        {
            await StartAsync(request, 5, "abc");
            throw new InvalidOperationException("after the head");
        },
        ["an HttpException after the head"] = async request =>
        {
            await StartAsync(request, null, "abc");
            throw new HttpException(404);
        },
        ["null after the head"] = async request =>
        {
            await StartAsync(request, null, "abc");
            return null!;
        },
        ["another response than the one begun"] = async request =>
        {
            await StartAsync(request, null, "abc");
            return Response.Text("other");
        },
        ["another streamed response than the one begun"] = async request =>
        {
            await StartAsync(request, null, "abc");
            return new StreamResponse();
        },
    };

    public static TheoryData<Kind, string> KindsAndMistakes => new MatrixTheoryData<Kind, string>([.. Kinds.All.Select(row => row.Data)], [.. Broken.Keys]);

    [Theory]
    [MemberData(nameof(KindsAndMistakes))]
    public async Task A_response_that_cannot_be_finished_resets_the_connection_and_is_logged_once(Kind kind, string mistake)
    {
        await using var server = new RunningServer(kind, [Get("/", request => Broken[mistake](request)), Get("/good", request => Response.Text("good"))]);
        using var client = await server.ConnectAsync();
        await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\nGET /good HTTP/1.1\r\nHost: a\r\n\r\n");
        // What came before the reset may be lost with it; a whole response must not come.
        await Assert.ThrowsAsync<IOException>(client.ReadToEndAsync);
        await server.ConnectionsEndedAsync();
        Assert.Contains("failed when the head of its response was sent; the connection is closed.", server.Log.TakeOne().Text, StringComparison.Ordinal);
        Assert.Equal("good", (await server.GetAsync("/good")).Text);
    }

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task A_client_of_HTTP_1_0_sees_too_that_a_body_was_broken_off(Kind kind)
    {
        await using var server = new RunningServer(kind, [Get("/", request => Broken["an exception after the head, chunked"](request))]);
        using var client = await server.ConnectAsync();
        await client.SendAsync("GET / HTTP/1.0\r\n\r\n");
        await client.ExpectResetAsync();
        await server.ConnectionsEndedAsync();
        server.Log.TakeOne();
    }

    [Fact]
    public async Task Misuse_is_told_to_the_handler_and_the_response_goes_on_as_row_144_says()
    {
        await using var server = new RunningServer(Kind.InMemory, [Get("/", async request =>
        {
            var response = new StreamResponse();
            await ThrowsAsync("The head comes first: call PrepareAsync(request) before WriteAsync.", async () => await response.WriteAsync("early"));
            await ThrowsAsync("The head comes first: call PrepareAsync(request) before WriteEofAsync.", async () => await response.WriteEofAsync());
            Assert.Throws<ArgumentOutOfRangeException>(() => response.ContentLength = -1);

            await response.PrepareAsync(request);
            await response.PrepareAsync(request);
            const string sent = "The head of this response was sent: change it before PrepareAsync.";
            Assert.Equal(sent, Assert.Throws<InvalidOperationException>(() => response.Status = 404).Message);
            Assert.Equal(sent, Assert.Throws<InvalidOperationException>(() => response.Reason = "late").Message);
            Assert.Equal(sent, Assert.Throws<InvalidOperationException>(() => response.ContentLength = 5).Message);
            await ThrowsAsync("The request has been answered: a request gets one response.", async () => await new StreamResponse().PrepareAsync(request));

            await response.WriteAsync("body");
            using var cancelled = new CancellationTokenSource();
            await cancelled.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await response.WriteAsync("cancelled", cancelled.Token));
            await response.WriteEofAsync();
            await response.WriteEofAsync();
            await ThrowsAsync("The response is at its end: nothing can be written after WriteEofAsync.", async () => await response.WriteAsync("late"));
            return response;
        })]);
        using var client = await server.ConnectAsync();
        for (int i = 0; i < 2; i++)
        {
            await client.GetAsync("/");
            Assert.Equal("body", (await client.ReadAsync()).Text);
        }
    }

    [Fact]
    public async Task Two_writes_at_once_are_refused_and_the_first_goes_on()
    {
        var written = new TaskCompletionSource();
        await using var server = new RunningServer(Kind.InMemory, [Get("/", async request =>
        {
            var response = new StreamResponse();
            await response.PrepareAsync(request);
            // More than the pipe holds: it waits for the client.
            var first = response.WriteAsync(new byte[500_000]).AsTask();
            Assert.False(first.IsCompleted);
            await ThrowsAsync("Another write to this response is under way: await each before the next.", async () => await response.WriteAsync("second"));
            written.SetResult();
            await first;
            return response;
        })]);
        using var client = await server.ConnectAsync();
        await client.GetAsync("/");
        await written.Task.InTime();
        Assert.Equal([500_000], (await client.ReadAsync()).Chunks);
    }

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task A_write_that_still_runs_when_the_handler_returns_is_cut_short_with_the_connection(Kind kind)
    {
        var stray = new TaskCompletionSource<Task>();
        await using var server = new RunningServer(kind, [Get("/", async request =>
        {
            var response = new StreamResponse();
            await response.PrepareAsync(request);
            stray.SetResult(response.WriteAsync(new byte[50_000_000]).AsTask());
            return response;
        })]);
        using var client = await server.ConnectAsync();
        await client.GetAsync("/");
        var write = await stray.Task.InTime();
        await Assert.ThrowsAsync<IOException>(() => write.InTime());
        await client.ExpectResetAsync();
        await server.ConnectionsEndedAsync();
        Assert.Contains("Another write", server.Log.TakeOne().Exception!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_response_that_answered_one_request_is_refused_for_the_next()
    {
        StreamResponse? used = null;
        await using var server = new RunningServer(Kind.InMemory, [Get("/", async request =>
        {
            if (used is null)
            {
                used = Response.Text("once");
                await used.PrepareAsync(request);
            }
            return used;
        })]);
        using var client = await server.ConnectAsync();
        await client.GetAsync("/");
        Assert.Equal("once", (await client.ReadAsync()).Text);
        await client.GetAsync("/");
        Assert.Equal(500, (await client.ReadAsync()).Status);
        Assert.IsType<InvalidOperationException>(server.Log.TakeOne().Exception);
        await client.GetAsync("/");
        Assert.Equal(500, (await client.ReadAsync()).Status);
        server.Log.TakeOne();
    }

    private static async Task<StreamResponse> StartAsync(Request request, long? length, params string[] pieces)
    {
        var response = new StreamResponse { ContentLength = length };
        await response.PrepareAsync(request);
        foreach (string piece in pieces)
            await response.WriteAsync(piece);
        return response;
    }

    private static async Task ThrowsAsync(string message, Func<Task> misuse) =>
        Assert.Equal(message, (await Assert.ThrowsAsync<InvalidOperationException>(misuse)).Message);
}
