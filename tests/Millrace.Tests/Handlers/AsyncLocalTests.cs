using System.Runtime.CompilerServices;

namespace Millrace.Tests.Handlers;

/// <summary>Values that a handler leaves in an AsyncLocal are seen by that request alone (DESIGN.md 4).</summary>
public sealed class AsyncLocalTests
{
    private static readonly AsyncLocal<string?> Local = new();

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task A_value_set_in_a_handler_is_not_seen_by_the_next_request(Kind kind)
    {
        Local.Value = null;
        await using var server = new RunningServer(kind,
        [
            Get("/sync", request =>
            {
                string seen = Local.Value ?? "nothing";
                Local.Value = "leak";
                return Response.Text(seen);
            }),
            Get("/async", async request =>
            {
                string seen = Local.Value ?? "nothing";
                Local.Value = "leak";
                await Task.Yield();
                Local.Value = "leak again";
                return Response.Text(seen);
            }),
            Get("/task", request =>
            {
                string seen = Local.Value ?? "nothing";
                Local.Value = "leak";
                return Later(Response.Text(seen));
            }),
            Get("/throw", request =>
            {
                string seen = Local.Value ?? "nothing";
                Local.Value = "leak";
                throw new HttpException(400, seen);
            }),
        ]);
        string[] paths = ["/sync", "/async", "/task", "/throw"];
        using var client = await server.ConnectAsync();
        foreach (var (first, second) in paths.SelectMany(first => paths.Select(second => (first, second))))
        {
            await client.GetAsync(first);
            Assert.Equal("nothing", (await client.ReadAsync()).Text);
            // In one segment, so that the second follows without a new event of the loop.
            await client.SendAsync($"GET {first} HTTP/1.1\r\nHost: a\r\n\r\nGET {second} HTTP/1.1\r\nHost: a\r\n\r\n");
            Assert.Equal("nothing", (await client.ReadAsync()).Text);
            Assert.Equal("nothing", (await client.ReadAsync()).Text);
            Assert.Equal("nothing", (await server.GetAsync(second)).Text);
        }

        static async Task<Response> Later(Response response)
        {
            await Task.Yield();
            return response;
        }
    }

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task A_value_set_before_the_server_started_is_seen_by_every_request(Kind kind)
    {
        Local.Value = "from the start";
        await using var server = new RunningServer(kind,
        [
            Get("/sync", request => Response.Text(Local.Value ?? "nothing")),
            Get("/async", async request =>
            {
                await Task.Yield();
                return Response.Text(Local.Value ?? "nothing");
            }),
        ]);
        Local.Value = "later";
        using var client = await server.ConnectAsync();
        foreach (string path in new[] { "/sync", "/async", "/sync" })
        {
            await client.GetAsync(path);
            Assert.Equal("from the start", (await client.ReadAsync()).Text);
        }
        Assert.Equal("from the start", (await server.GetAsync("/sync")).Text);
    }

    [Fact]
    public async Task The_values_of_whoever_sends_over_the_in_memory_transport_do_not_reach_the_handler()
    {
        Local.Value = null;
        await using var server = new RunningServer(Kind.InMemory, [Get("/", request => Response.Text(Local.Value ?? "nothing"))]);
        Local.Value = "the client's";
        Assert.Equal("nothing", (await server.GetAsync("/")).Text);
        Assert.Equal("the client's", Local.Value);
    }

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task A_value_set_in_a_handler_is_not_kept_by_the_idle_connection(Kind kind)
    {
        var value = new WeakReference(null);
        await using var server = new RunningServer(kind, [Get("/", request =>
        {
            Keep(value);
            return new Response();
        })]);
        using var client = await server.ConnectAsync();
        await client.GetAsync("/");
        await client.ReadAsync();
        await Deadline.UntilAsync(() =>
        {
            GC.Collect();
            return !value.IsAlive;
        }, "the end of the value");

        [MethodImpl(MethodImplOptions.NoInlining)]
        static void Keep(WeakReference value)
        {
            string text = new('x', 1000);
            value.Target = text;
            Local.Value = text;
        }
    }

    [Fact]
    public async Task A_value_set_while_a_body_is_read_stays_with_its_request()
    {
        Local.Value = null;
        await using var server = new RunningServer(Kind.InMemory,
        [
            Post("/", async request =>
            {
                Local.Value = await request.TextAsync();
                await Task.Yield();
                return Response.Text(Local.Value);
            }),
        ]);
        using var one = await server.ConnectAsync();
        using var other = await server.ConnectAsync();
        const string head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n";
        await one.SendAsync(head);
        await other.SendAsync(head);
        await one.SendAsync("one");
        await other.SendAsync("two");
        Assert.Equal("one", (await one.ReadAsync()).Text);
        Assert.Equal("two", (await other.ReadAsync()).Text);
    }
}
