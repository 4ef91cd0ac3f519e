using System.Globalization;

namespace Millrace.Tests.Connections;

/// <summary>Several requests at once on one connection (RFC 9112 9.3.2; rows 106 to 110).</summary>
public sealed class PipeliningTests
{
    private const string Quick = "GET /quick HTTP/1.1\r\nHost: a\r\n\r\n";
    private const string Slow = "GET /slow HTTP/1.1\r\nHost: a\r\n\r\n";

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task Three_requests_in_one_segment_get_three_answers_in_order_as_row_106_says(Kind kind)
    {
        await using var server = new RunningServer(kind, [Get("/{n}", request => Response.Text(request.Match["n"]))]);
        using var client = await server.ConnectAsync();
        await client.SendAsync(string.Concat(new[] { "1", "2", "3" }.Select(n => $"GET /{n} HTTP/1.1\r\nHost: a\r\n\r\n")));
        foreach (string n in new[] { "1", "2", "3" })
            Assert.Equal(n, (await client.ReadAsync()).Text);
    }

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task A_slow_first_and_a_fast_second_are_answered_in_order_and_not_at_once_as_row_107_says(Kind kind)
    {
        var gate = new Gate();
        int running = 0;
        await using var server = Gated(kind, gate, () => Assert.Equal(1, Interlocked.Increment(ref running)), () => Interlocked.Decrement(ref running));
        using var client = await server.ConnectAsync();
        await client.SendAsync(Slow + Quick + Quick);
        await gate.Arrived;
        gate.Open();
        Assert.Equal("slow", (await client.ReadAsync()).Text);
        Assert.Equal("quick", (await client.ReadAsync()).Text);
        Assert.Equal("quick", (await client.ReadAsync()).Text);
    }

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task Earlier_answers_are_not_held_back_by_a_slow_handler(Kind kind)
    {
        var gate = new Gate();
        await using var server = Gated(kind, gate);
        using var client = await server.ConnectAsync();
        await client.SendAsync(Quick + Quick + Slow);
        Assert.Equal("quick", (await client.ReadAsync()).Text);
        Assert.Equal("quick", (await client.ReadAsync()).Text);
        await gate.Arrived;
        gate.Open();
        Assert.Equal("slow", (await client.ReadAsync()).Text);
    }

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task Five_hundred_requests_behind_a_busy_handler_are_all_answered_as_row_108_says(Kind kind)
    {
        var gate = new Gate();
        await using var server = Gated(kind, gate);
        using var client = await server.ConnectAsync();
        await client.SendAsync(Slow);
        await gate.Arrived;
        await client.SendAsync(string.Concat(Enumerable.Repeat(Quick, 500)));
        // The head of the running request; the others wait in the socket, not in memory of ours.
        Assert.InRange(server.Rented, 0, 2);
        gate.Open();
        Assert.Equal("slow", (await client.ReadAsync()).Text);
        for (int i = 0; i < 500; i++)
            Assert.Equal("quick", (await client.ReadAsync()).Text);
    }

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task A_client_that_pipelines_without_end_and_reads_nothing_is_made_to_wait(Kind kind)
    {
        int answered = 0;
        await using var server = new RunningServer(kind, [Get("/quick", request =>
        {
            Interlocked.Increment(ref answered);
            return Response.Text(new string('x', 1000));
        })]);
        var client = await server.ConnectAsync();
        using var stop = new CancellationTokenSource();
        long sent = 0;
        var sending = Task.Run(async () =>
        {
            var requests = System.Text.Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(Quick, 1000)));
            try
            {
                while (!stop.IsCancellationRequested)
                {
                    await client.SendAsync(requests);
                    Interlocked.Add(ref sent, 1000);
                }
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException)
            {
                // The end of the test.
            }
        });
        // Neither side moves any more: what the network holds is full both ways.
        (long, int) before;
        do
        {
            before = (Volatile.Read(ref sent), Volatile.Read(ref answered));
            using var quiet = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
            await quiet.WaitForNextTickAsync();
        }
        while (before != (Volatile.Read(ref sent), Volatile.Read(ref answered)));
        Assert.False(sending.IsCompleted);
        Assert.InRange(server.Rented, 0, 10);
        await stop.CancelAsync();
        client.Reset();
        await sending.InTime();
        await server.ConnectionsEndedAsync();
    }

    [Theory]
    [InlineData("\0")]
    [InlineData("GET / HTTP/1.1\r\n\r\n")]
    [InlineData("xyz\r\n\r\n")]
    public async Task A_good_request_in_front_of_garbage_is_answered_as_row_109_says(string garbage)
    {
        foreach (var row in Kinds.All)
        {
            await using var server = Gated(row.Data, new Gate());
            using var client = await server.ConnectAsync();
            await client.SendAsync(Quick + Quick + garbage + Quick);
            Assert.Equal(200, (await client.ReadAsync()).Status);
            Assert.Equal(200, (await client.ReadAsync()).Status);
            var refusal = await client.ReadAsync();
            Assert.Equal(400, refusal.Status);
            Assert.True(refusal.Closes);
            await client.ExpectEndAsync();
        }
    }

    [Fact]
    public async Task The_answers_to_a_batch_leave_in_one_write()
    {
        var writes = new List<long>();
        await using var server = new RunningServer(Kind.InMemory, RunningServer.HandlerOf([Get("/quick", request => Response.Text("quick"))]),
            wrap: inner => new ObservedTransport(inner, writes.Add));
        using var client = await server.ConnectAsync();
        await client.SendAsync(string.Concat(Enumerable.Repeat(Quick, 16)));
        long sum = 0;
        for (int i = 0; i < 16; i++)
        {
            var response = await client.ReadAsync();
            Assert.Equal("quick", response.Text);
            sum += response.Head.Length + response.Body.Length;
        }
        Assert.Equal(sum, Assert.Single(writes));
        writes.Clear();
        // A whole response with a large body is one write too, head and body together.
        await client.GetAsync("/nowhere");
        await client.ReadAsync();
        Assert.Single(writes);
    }

    [Theory]
    [InlineData(100, 1)]
    [InlineData(2048, 1)]
    [InlineData(2049, 1)]
    [InlineData(60_000, 1)]
    public async Task A_whole_response_leaves_in_one_write_head_and_body_together(int length, int count)
    {
        var writes = new List<long>();
        await using var server = new RunningServer(Kind.InMemory, RunningServer.HandlerOf([Get("/", request => Response.Bytes(new byte[length]))]),
            wrap: inner => new ObservedTransport(inner, writes.Add));
        var response = await server.GetAsync("/");
        Assert.Equal(length.ToString(CultureInfo.InvariantCulture), response["Content-Length"]);
        Assert.Equal(count, writes.Count);
    }

    [Fact]
    public async Task A_batch_whose_answers_grow_large_is_sent_on_before_its_end()
    {
        var writes = new List<long>();
        await using var server = new RunningServer(Kind.InMemory, RunningServer.HandlerOf([Get("/quick", request => Response.Text(new string('x', 2000)))]),
            wrap: inner => new ObservedTransport(inner, writes.Add));
        using var client = await server.ConnectAsync();
        await client.SendAsync(string.Concat(Enumerable.Repeat(Quick, 60)));
        for (int i = 0; i < 60; i++)
            Assert.Equal(2000, (await client.ReadAsync()).Body.Length);
        Assert.InRange(writes.Count, 2, 15);
        Assert.InRange(writes.Max(), 1, 32 * 1024);
    }

    private static RunningServer Gated(Kind kind, Gate gate, Action? enter = null, Action? leave = null) => new(kind,
    [
        Get("/quick", request =>
        {
            enter?.Invoke();
            leave?.Invoke();
            return Response.Text("quick");
        }),
        Get("/slow", async request =>
        {
            enter?.Invoke();
            await gate.PassAsync();
            leave?.Invoke();
            return Response.Text("slow");
        }),
    ]);
}
