namespace Millrace.Tests.Responses;

/// <summary>Interim responses of the handler (RFC 9110 section 15.2, RFC 8297).</summary>
public sealed class InterimTests
{
    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task Early_hints_are_out_before_the_handler_goes_on(Kind kind)
    {
        var gate = new Gate();
        await using var server = new RunningServer(kind, [Get("/", async request =>
        {
            await request.SendInterimAsync(103, Link("</a.css>; rel=preload"));
            await request.SendInterimAsync(103, Link("</b.js>; rel=preload"));
            await gate.PassAsync();
            return Response.Text("answer");
        })]);
        using var client = await server.ConnectAsync();
        await client.GetAsync("/");
        Assert.Equal("HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n", await client.ReadHeadAsync());
        Assert.Equal("HTTP/1.1 103 Early Hints\r\nLink: </b.js>; rel=preload\r\n\r\n", await client.ReadHeadAsync());
        gate.Open();
        var answer = await client.ReadAsync();
        Assert.Equal((200, "answer", null), (answer.Status, answer.Text, answer["Link"]));
        await client.GetAsync("/");
        Assert.StartsWith("HTTP/1.1 103 ", await client.ReadHeadAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_of_1_0_gets_none()
    {
        await using var server = new RunningServer(Kind.InMemory, [Get("/", async request =>
        {
            await request.SendInterimAsync(103, Link("</a>"));
            return Response.Text("answer");
        })]);
        using var client = await server.ConnectAsync();
        Assert.Equal((200, "answer"), await AskAsync());

        async Task<(int Status, string Text)> AskAsync()
        {
            var response = await client.AskAsync("GET / HTTP/1.0\r\n\r\n");
            return (response.Status, response.Text);
        }
    }

    [Fact]
    public async Task After_the_answer_began_an_interim_response_throws_and_sends_nothing()
    {
        await using var server = new RunningServer(Kind.InMemory, [Get("/", async request =>
        {
            var response = new StreamResponse();
            await response.PrepareAsync(request);
            await Assert.ThrowsAsync<InvalidOperationException>(async () => await request.SendInterimAsync(103, Link("</a>")));
            await response.WriteAsync("whole");
            return response;
        })]);
        Assert.Equal("whole", (await server.GetAsync("/")).Text);
    }

    [Fact]
    public async Task After_the_request_ended_an_interim_response_throws()
    {
        Request? kept = null;
        await using var server = new RunningServer(Kind.InMemory, [Get("/", request =>
        {
            kept = request;
            return Response.Text("ok");
        })]);
        using var client = await server.ConnectAsync();
        await client.GetAsync("/");
        await client.ReadAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await kept!.SendInterimAsync(103, Link("</a>")));
    }

    [Theory]
    [InlineData(100)]
    [InlineData(101)]
    [InlineData(200)]
    public async Task Statuses_that_are_the_servers_or_final_are_refused(int status)
    {
        await using var server = new RunningServer(Kind.InMemory, [Get("/", async request =>
        {
            await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await request.SendInterimAsync(status, []));
            await Assert.ThrowsAsync<ArgumentNullException>(async () => await request.SendInterimAsync(103, null!));
            return Response.Text("ok");
        })]);
        Assert.Equal("ok", (await server.GetAsync("/")).Text);
    }

    [Fact]
    public async Task An_interim_response_stands_before_100_continue_and_the_body_is_read_on()
    {
        await using var server = new RunningServer(Kind.InMemory, [Post("/", async request =>
        {
            await request.SendInterimAsync(102, []);
            return Response.Text(await request.TextAsync());
        })]);
        using var client = await server.ConnectAsync();
        await client.SendAsync("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
        Assert.Equal("HTTP/1.1 102 Processing\r\n\r\n", await client.ReadHeadAsync());
        Assert.Equal("HTTP/1.1 100 Continue\r\n\r\n", await client.ReadHeadAsync());
        await client.SendAsync("hi");
        Assert.Equal("hi", (await client.ReadAsync()).Text);
    }

    [Fact]
    public async Task An_interim_response_that_names_a_protocol_to_upgrade_to_says_so_in_Connection()
    {
        // RFC 9110 section 7.8.
        await using var server = new RunningServer(Kind.InMemory, [Get("/", async request =>
        {
            await request.SendInterimAsync(104, new() { { "Upgrade", "h2c" } });
            return new Response();
        })]);
        using var client = await server.ConnectAsync();
        await client.GetAsync("/");
        string head = await client.ReadHeadAsync();
        Assert.Contains("\r\nConnection: Upgrade\r\n", head, StringComparison.Ordinal);
        Assert.Contains("\r\nUpgrade: h2c\r\n", head, StringComparison.Ordinal);
    }

    private static ResponseHeaders Link(string link) => new() { { "Link", link } };
}
