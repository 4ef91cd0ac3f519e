namespace Millrace.Tests.Handlers;

/// <summary>Asked for, a handler that awaits is given up as soon as its client is gone; else only its token says so.</summary>
public sealed class HandlerCancellationTests
{
    private readonly Gate _gate = new();

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task The_request_ends_at_once_when_the_client_is_gone_though_its_handler_goes_on(Kind kind)
    {
        foreach (bool resets in new[] { false, true })
        {
            var gate = new Gate();
            Request? kept = null;
            await using var server = new RunningServer(kind, [Get("/", Handle)], new ServerOptions { HandlerCancellation = true });
            using var counts = new Counts(server);
            using var client = await server.ConnectAsync();
            await client.GetAsync("/");
            await gate.Arrived;
            if (resets)
                client.Reset();
            else
                client.CompleteWrites();
            await server.ConnectionsEndedAsync();
            Assert.Equal("ClientGone 1", counts.Ends);
            Assert.Equal(1, counts["millrace.handlers.given_up"]);
            Assert.Throws<ObjectDisposedException>(() => kept!.RawTarget);
            gate.Open();
            await Deadline.UntilAsync(() => counts["millrace.handlers.given_up"] == 0, "the end of the handler");

            async Task<Response> Handle(Request request)
            {
                kept = request;
                await gate.PassAsync();
                return Response.Text("nobody gets this");
            }
        }
    }

    [Fact]
    public async Task A_route_may_ask_for_it_and_the_others_go_on_for_a_client_that_only_closed_its_side()
    {
        await using var server = new RunningServer(Kind.InMemory, [Get("/given-up", Wait).CancelOnDisconnect(), Get("/", Wait)]);
        using var one = await server.ConnectAsync();
        await one.GetAsync("/given-up");
        using var other = await server.ConnectAsync();
        await other.GetAsync("/");
        one.CompleteWrites();
        other.CompleteWrites();
        await Deadline.UntilAsync(() => server.Server.ConnectionCount == 1, "the end of the one that is given up");
        _gate.Open();
        Assert.Equal("waited", (await other.ReadAsync()).Text);
    }

    [Fact]
    public async Task A_client_that_stays_gets_its_answers()
    {
        await using var server = new RunningServer(Kind.InMemory, [Get("/", Wait)], new ServerOptions { HandlerCancellation = true });
        using var client = await server.ConnectAsync();
        for (int i = 0; i < 2; i++)
        {
            await client.GetAsync("/");
            _gate.Open();
            Assert.Equal("waited", (await client.ReadAsync()).Text);
        }
    }

    private async Task<Response> Wait(Request request)
    {
        await _gate.PassAsync();
        return Response.Text("waited");
    }
}
