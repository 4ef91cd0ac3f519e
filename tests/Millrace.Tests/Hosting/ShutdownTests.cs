using System.Net;
using System.Net.Sockets;

namespace Millrace.Tests.Hosting;

/// <summary>The end of a server: what runs is finished, what idles is closed, what is stuck is cut off (aiohttp.md 2.9).</summary>
public sealed class ShutdownTests
{
    [Theory]
    [MemberData(nameof(Kinds.Network), MemberType = typeof(Kinds))]
    public async Task A_running_request_is_finished_with_Connection_close_and_its_followers_are_not_begun(Kind kind)
    {
        var gate = new Gate();
        int begun = 0;
        await using var app = new RunningApp([Get("/", async request =>
        {
            Interlocked.Increment(ref begun);
            await gate.PassAsync();
            return Response.Text("finished");
        })], kind);
        using var client = await app.ConnectAsync();
        await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n");
        await gate.Arrived;
        app.Stop();
        await RefusedAsync(await app.PortAsync());
        Assert.False(app.Running.IsCompleted);
        gate.Open();
        var response = await client.ReadAsync();
        Assert.Equal("finished", response.Text);
        Assert.True(response.Closes);
        await client.ExpectEndAsync();
        client.Dispose();
        await app.Running.InTime();
        Assert.Equal(1, begun);
    }

    [Theory]
    [MemberData(nameof(Kinds.Network), MemberType = typeof(Kinds))]
    public async Task Idle_connections_are_closed_at_once(Kind kind)
    {
        var gate = new Gate();
        await using var app = new RunningApp([Get("/", request => Response.Text("ok")), Get("/gate", async request =>
        {
            await gate.PassAsync();
            return Response.Text("gate");
        })], kind);
        using var busy = await app.ConnectAsync();
        using var used = await app.ConnectAsync();
        using var fresh = await app.ConnectAsync();
        await busy.GetAsync("/gate");
        await gate.Arrived;
        await used.GetAsync("/");
        await used.ReadAsync();
        app.Stop();
        // Although a request still runs on another connection.
        await used.ExpectEndAsync();
        await fresh.ExpectEndAsync();
        Assert.False(app.Running.IsCompleted);
        gate.Open();
        Assert.Equal("gate", (await busy.ReadAsync()).Text);
        busy.Dispose();
        await app.Running.InTime();
    }

    [Theory]
    [MemberData(nameof(Kinds.Network), MemberType = typeof(Kinds))]
    public async Task A_body_that_is_still_coming_is_read_to_its_end(Kind kind)
    {
        var reading = new Gate();
        reading.Open();
        await using var app = new RunningApp([Post("/", async request =>
        {
            await reading.PassAsync();
            return Response.Text(await request.TextAsync());
        })], kind);
        using var client = await app.ConnectAsync();
        await client.SendAsync("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhe");
        await reading.Arrived;
        app.Stop();
        await RefusedAsync(await app.PortAsync());
        await client.SendAsync("llo");
        var response = await client.ReadAsync();
        Assert.Equal("hello", response.Text);
        Assert.True(response.Closes);
        client.Dispose();
        await app.Running.InTime();
    }

    [Theory]
    [MemberData(nameof(Kinds.Network), MemberType = typeof(Kinds))]
    public async Task A_handler_that_waits_too_long_is_told_by_its_token_and_cut_off_at_ShutdownTimeout(Kind kind)
    {
        var gate = new Gate();
        gate.Open();
        var told = new TaskCompletionSource();
        await using var app = new RunningApp([Get("/", async request =>
        {
            request.Aborted.Register(told.SetResult);
            await gate.PassAsync();
            await Task.Delay(Timeout.Infinite, request.Aborted);
            return new Response();
        })], kind, shutdownTimeout: TimeSpan.FromMilliseconds(100));
        using var client = await app.ConnectAsync();
        await client.GetAsync("/");
        await gate.Arrived;
        app.Stop();
        await told.Task.InTime();
        await client.ExpectResetAsync();
        await app.Running.InTime();
        Assert.Equal("1 connections had a request running when the time to shut down was over; they are aborted.", app.Log.TakeOne().Text);
    }

    [Theory]
    [MemberData(nameof(Kinds.Network), MemberType = typeof(Kinds))]
    public async Task A_handler_that_heeds_nothing_does_not_keep_the_server_from_ending(Kind kind)
    {
        var gate = new Gate();
        using var stuck = new ManualResetEventSlim();
        await using var app = new RunningApp([Get("/", request =>
        {
            _ = gate.PassAsync();
            stuck.Wait();
            return new Response();
        })], kind, shutdownTimeout: TimeSpan.FromMilliseconds(100));
        using var client = await app.ConnectAsync();
        await client.GetAsync("/");
        await gate.Arrived;
        app.Stop();
        await app.Running.InTime();
        app.Log.TakeOne();
        stuck.Set();
        await client.ExpectResetAsync();
    }

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task A_server_that_nobody_uses_ends_at_once(Kind kind)
    {
        await using var server = new RunningServer(kind, [Get("/", request => new Response())]);
        await server.StopAsync();
        await Assert.ThrowsAnyAsync<SocketException>(server.ConnectAsync);
    }

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task Connections_that_come_and_go_while_the_server_ends_are_answered_or_refused(Kind kind)
    {
        for (int round = 0; round < 10; round++)
        {
            await using var server = new RunningServer(kind, [Get("/", request => Response.Text("ok"))]);
            using var started = new CountdownEvent(4);
            var clients = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
            {
                for (int i = 0; ; i++)
                {
                    try
                    {
                        using var client = await server.ConnectAsync();
                        await client.GetAsync("/");
                        Assert.Equal("ok", (await client.ReadAsync()).Text);
                    }
                    catch (Exception e) when (e is SocketException or IOException || e.Message.Contains("ended in the middle of a line: ''", StringComparison.Ordinal))
                    {
                        // Refused, or accepted and closed without a word: nothing was begun.
                        return;
                    }
                    if (i == 3)
                        started.Signal();
                }
            })).ToArray();
            started.Wait(TimeSpan.FromSeconds(30));
            await server.StopAsync();
            await Task.WhenAll(clients).InTime();
        }
    }

    private static async Task RefusedAsync(int port)
    {
        await Deadline.UntilAsync(() =>
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                socket.Connect(new IPEndPoint(IPAddress.Loopback, port));
                return false;
            }
            catch (SocketException e)
            {
                return e.SocketErrorCode == SocketError.ConnectionRefused;
            }
        }, "the refusal of new connections");
    }
}
