using System.IO.Pipes;
using System.Text;
using Millrace.Transport.Pipes;

namespace Millrace.Tests.Hosting;

/// <summary>The transport over named pipes. .NET has them on every system, so what Windows serves is tested here beneath the site, which refuses other systems.</summary>
public sealed class NamedPipeTests
{
    [Theory]
    [MemberData(nameof(Kinds.Network), MemberType = typeof(Kinds))]
    public async Task Requests_and_large_bodies_go_over_a_pipe(Kind kind)
    {
        await using var server = Start(kind, out string name);
        using var client = await RawClient.ConnectToPipeAsync(name);
        byte[] body = Patterns.Bytes(1_000_000);
        for (int i = 0; i < 2; i++)
        {
            Assert.Equal("||http", (await client.AskForAsync("/")).Text);
            var sending = SendAsync();
            Assert.Equal(body, (await client.ReadAsync()).Body);
            await sending;
        }
        Assert.Equal(4, server.Server.RequestCount);

        async Task SendAsync()
        {
            await client.SendAsync($"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: {body.Length}\r\n\r\n");
            await client.SendAsync(body);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds.Network), MemberType = typeof(Kinds))]
    public async Task Pipelined_requests_are_answered_in_order(Kind kind)
    {
        await using var server = Start(kind, out string name);
        using var client = await RawClient.ConnectToPipeAsync(name);
        await client.SendAsync(string.Concat(Enumerable.Range(0, 300).Select(i => $"GET /say/{i} HTTP/1.1\r\nHost: a\r\n\r\n")));
        for (int i = 0; i < 300; i++)
            Assert.Equal($"{i}", (await client.ReadAsync()).Text);
    }

    [Theory]
    [MemberData(nameof(Kinds.Network), MemberType = typeof(Kinds))]
    public async Task Many_clients_come_at_once(Kind kind)
    {
        await using var server = Start(kind, out string name);
        await Task.WhenAll(Enumerable.Range(0, 32).Select(i => Task.Run(async () =>
        {
            using var client = await RawClient.ConnectToPipeAsync(name);
            for (int n = 0; n < 5; n++)
                Assert.Equal($"{i}-{n}", (await client.AskForAsync($"/say/{i}-{n}")).Text);
        })));
        await server.ConnectionsEndedAsync();
        Assert.Equal(160, server.Server.RequestCount);
    }

    [Theory]
    [InlineData("GET /say/bye HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "bye")]
    [InlineData("GET /pieces HTTP/1.0\r\n\r\n", "one two")]
    [InlineData("NONSENSE\r\n\r\n", "400")]
    public async Task A_pipe_has_no_half_close_so_it_is_closed_at_once_and_nothing_written_is_lost(string request, string answer)
    {
        using var metrics = new MetricRecorder();
        await using var server = Start(Kind.Sockets, out string name);
        using var client = await RawClient.ConnectToPipeAsync(name);
        await client.SendAsync(request);
        // The client has not closed; over TCP the server would listen for LingeringTimeout.
        await server.ConnectionsEndedAsync();
        Assert.Contains(answer, Encoding.Latin1.GetString(await client.ReadToEndAsync()), StringComparison.Ordinal);
        Assert.DoesNotContain("LingeringTimeout", metrics.Ends);
    }

    [Theory]
    [MemberData(nameof(Kinds.Network), MemberType = typeof(Kinds))]
    public async Task A_handler_learns_that_its_client_has_gone(Kind kind)
    {
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var gate = new Gate();
        await using var server = Start(kind, out string name, Get("/wait", async request =>
        {
            request.Aborted.Register(gone.SetResult);
            await gate.PassAsync();
            return new Response();
        }));
        using (var client = await RawClient.ConnectToPipeAsync(name))
        {
            await client.GetAsync("/wait");
            await gate.Arrived;
        }
        await gone.Task.InTime();
        gate.Open();
    }

    [Theory]
    [MemberData(nameof(Kinds.Network), MemberType = typeof(Kinds))]
    public async Task A_server_that_ends_finishes_what_runs_and_closes_what_is_idle(Kind kind)
    {
        var gate = new Gate();
        await using var server = Start(kind, out string name, Get("/wait", async request =>
        {
            await gate.PassAsync();
            return Response.Text("finished");
        }));
        using var idle = await RawClient.ConnectToPipeAsync(name);
        Assert.Equal("a", (await idle.AskForAsync("/say/a")).Text);
        using var client = await RawClient.ConnectToPipeAsync(name);
        await client.GetAsync("/wait");
        await gate.Arrived;
        var ending = server.StopAsync();
        await idle.ExpectEndAsync();
        Assert.False(ending.IsCompleted);
        gate.Open();
        var response = await client.ReadAsync();
        Assert.Equal(("finished", true), (response.Text, response.Closes));
        await client.ExpectEndAsync();
        await ending;
    }

    [Theory]
    [MemberData(nameof(Kinds.Network), MemberType = typeof(Kinds))]
    public async Task What_is_stuck_is_cut_at_the_deadline(Kind kind)
    {
        var gate = new Gate();
        await using var server = Start(kind, out string name, Get("/wait", async request =>
        {
            await gate.PassAsync();
            return Response.Text("too late");
        }));
        using var client = await RawClient.ConnectToPipeAsync(name);
        await client.GetAsync("/wait");
        await gate.Arrived;
        var ending = server.StopAsync(TimeSpan.FromMilliseconds(50));
        await client.ExpectEndAsync();
        gate.Open();
        await ending;
        server.Log.TakeOne();
    }

    [Theory]
    [MemberData(nameof(Kinds.Network), MemberType = typeof(Kinds))]
    public async Task A_listener_stops_while_it_waits_and_its_name_is_free_again(Kind kind)
    {
        await using var server = Start(kind, out string name);
        await using (var other = new RunningServer(kind, [Get("/", request => Response.Text("other"))]))
        {
            Assert.ThrowsAny<Exception>(() => Listen(other, name));
        }
        await server.StopAsync();
        await using var client = new NamedPipeClientStream(".", name, PipeDirection.InOut, PipeOptions.Asynchronous);
        await Assert.ThrowsAsync<TimeoutException>(() => client.ConnectAsync(20));
        await using var next = new RunningServer(kind, [Get("/", request => Response.Text("next"))]);
        Listen(next, name);
        using var connected = await RawClient.ConnectToPipeAsync(name);
        Assert.Equal("next", (await connected.AskForAsync("/")).Text);
    }

    [Theory]
    [MemberData(nameof(Kinds.Network), MemberType = typeof(Kinds))]
    public async Task TLS_goes_over_a_pipe_too(Kind kind)
    {
        string name = NewName();
        await using var server = new RunningServer(kind, [Get("/", request => Response.Text(request.Scheme))]);
        Listen(server, name, TestCertificates.Server);
        using var client = await RawClient.ConnectToPipeAsync(name);
        await client.SecureAsync(TestCertificates.Client());
        for (int i = 0; i < 3; i++)
            Assert.Equal("https", (await client.AskForAsync("/")).Text);
    }

    [Fact]
    public async Task The_site_names_its_pipe_and_elsewhere_says_what_to_use_instead()
    {
        await using var runner = new AppRunner(new Application());
        await runner.SetupAsync();
        if (!OperatingSystem.IsWindows())
        {
            Assert.Contains("UnixSite", Assert.Throws<PlatformNotSupportedException>(() => new NamedPipeSite(runner, @"\\.\pipe\millrace")).Message, StringComparison.Ordinal);
            return;
        }
        string path = $@"\\.\pipe\{NewName()}";
        var site = new NamedPipeSite(runner, path);
        Assert.Equal(path, site.Name);
        await site.StartAsync();
        Assert.Equal([path], site.Addresses.Select(address => address.ToString()));
        using var client = await RawClient.ConnectToPipeAsync(NamedPipeSite.NameIn(path));
        Assert.Equal(404, (await client.AskForAsync("/")).Status);
    }

    [Theory]
    [InlineData(@"\\.\pipe\app", "app")]
    [InlineData(@"\\.\PIPE\app.http", "app.http")]
    [InlineData("app", "app")]
    [InlineData(@"\\.\pipe\", null)]
    [InlineData(@"\\other\pipe\app", null)]
    [InlineData(@"a\b", null)]
    public void A_path_names_a_pipe_of_this_machine(string path, string? name)
    {
        if (name is null)
            Assert.Throws<ArgumentException>(() => NamedPipeSite.NameIn(path));
        else
            Assert.Equal(name, NamedPipeSite.NameIn(path));
    }

    private static string NewName() => $"millrace-{Guid.NewGuid():n}";

    private static RunningServer Start(Kind kind, out string name, params Route[] more)
    {
        var server = new RunningServer(kind,
        [
            Get("/", request => Response.Text($"{request.Remote}|{request.LocalEndPoint}|{request.Scheme}")),
            Get("/say/{word}", request => Response.Text(request.Match["word"])),
            Get("/pieces", PiecesAsync),
            Post("/echo", async request => Response.Bytes(await request.Body.ReadAllAsync(10_000_000))),
            .. more,
        ]);
        name = NewName();
        Listen(server, name);
        return server;
    }

    private static void Listen(RunningServer server, string name, TlsOptions? tls = null) => server.Server.StartListener(
        (loops, onAccepted) => new PipeListener(new PipeEndPoint(name), name, currentUserOnly: true, loops, server.Log.CreateLogger("Millrace.Transport"), onAccepted), tls);

    private static async Task<StreamResponse> PiecesAsync(Request request)
    {
        var response = new StreamResponse();
        await response.PrepareAsync(request);
        await response.WriteAsync("one "u8.ToArray());
        await response.WriteAsync("two"u8.ToArray());
        return response;
    }
}
