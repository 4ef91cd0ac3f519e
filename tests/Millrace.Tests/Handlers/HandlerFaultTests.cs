namespace Millrace.Tests.Handlers;

/// <summary>What goes wrong around an answer: it is made good where nothing of it is out, and never hurts the next one.</summary>
public sealed class HandlerFaultTests
{
    [Fact]
    public async Task An_answer_waits_for_an_interim_response_that_nobody_awaited()
    {
        Task? interim = null;
        // It does not fit into the pipe, so it is on its way when the handler returns.
        await using var server = new RunningServer(Kind.InMemory, RunningServer.HandlerOf([Get("/", request =>
        {
            interim = request.SendInterimAsync(103, new ResponseHeaders { ["Link"] = "</a.css>" }).AsTask();
            return Response.Text("answer");
        })]), pipeCapacity: 16);
        using var client = await server.ConnectAsync();
        await client.GetAsync("/");
        Assert.Equal("HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n", await client.ReadHeadAsync());
        Assert.Equal("answer", (await client.ReadAsync()).Text);
        await interim!;
    }

    [Fact]
    public async Task An_HttpException_that_cannot_say_its_answer_is_500_and_logged()
    {
        await using var server = new RunningServer(Kind.InMemory, [Get("/", StreamResponse (request) => throw new Mute()), Get("/next", request => Response.Text("next"))]);
        using var client = await server.ConnectAsync();
        Assert.Equal(500, (await client.AskForAsync("/")).Status);
        Assert.Equal("next", (await client.AskForAsync("/next")).Text);
        Assert.Equal("The handler of GET / failed; the client got 500.", server.Log.TakeOne().Text);
    }

    [Fact]
    public async Task A_stream_that_cannot_be_closed_costs_only_a_line_in_the_log()
    {
        await using var server = new RunningServer(Kind.InMemory, [Get("/", request => Response.Stream(new Unclosable("whole"u8.ToArray())))]);
        using var client = await server.ConnectAsync();
        for (int i = 0; i < 2; i++)
        {
            Assert.Equal("whole", (await client.AskForAsync("/")).Text);
            Assert.Equal("What a response held could not be let go.", server.Log.TakeOne().Text);
        }
    }

    [Fact]
    public async Task A_streamed_response_that_fails_before_its_head_is_out_is_500()
    {
        var app = new Application();
        app.OnResponsePrepare.Add((request, response) =>
        {
            if (response is not Response)
                throw new InvalidOperationException("not this one");
        });
        app.AddRoutes([Get("/", request => new StreamResponse()), Get("/next", request => Response.Text("next"))]);
        await using var server = new RunningServer(Kind.InMemory, app);
        using var client = await server.ConnectAsync();
        Assert.Equal(500, (await client.AskForAsync("/")).Status);
        Assert.Equal("next", (await client.AskForAsync("/next")).Text);
        Assert.Equal("The handler of GET / failed; the client got 500.", server.Log.TakeOne().Text);
    }

    private sealed class Mute() : HttpException(418)
    {
        public override Response ToResponse() => throw new InvalidOperationException("no words");
    }

    private sealed class Unclosable(byte[] bytes) : MemoryStream(bytes)
    {
        public override async ValueTask DisposeAsync()
        {
            await base.DisposeAsync();
            throw new IOException("stays open");
        }
    }
}
