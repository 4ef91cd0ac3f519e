using System.Text;
using Millrace.Tests.WebSockets;

namespace Millrace.Tests.Connections;

/// <summary>A client that never makes the server wait does not keep the others of its loop waiting, and is read away no longer than it may be.</summary>
public sealed class FairnessTests
{
    private const string Chunk = "5\r\nhello\r\n";

    // What comes first, and what comes again and again.
    private static readonly Dictionary<string, (string First, string Again)> Floods = new()
    {
        ["pipelined requests"] = ("", "GET /empty HTTP/1.1\r\nHost: a\r\n\r\n"),
        ["a chunked body that is read"] = ("POST /read HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", Chunk),
        ["a long body that is read"] = ("POST /read HTTP/1.1\r\nHost: a\r\nContent-Length: 9000000000000000000\r\n\r\n", "x"),
        ["a body that is not read"] = ("POST /empty HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", Chunk),
        ["bytes behind the last response"] = ("GET /empty HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "x"),
        ["bytes behind a refusal"] = ("GET", "\0"),
        ["a response that is read at once"] = ("GET /stream HTTP/1.1\r\nHost: a\r\n\r\n", "x"),
        ["another protocol"] = ("GET /tunnel HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: none\r\n\r\n", "x"),
        ["messages"] = ($"GET /socket HTTP/1.1\r\nHost: a\r\n{WsClient.Fields}\r\n", "\u0082\u0081\0\0\0\0x"),
        ["pings"] = ($"GET /socket HTTP/1.1\r\nHost: a\r\n{WsClient.Fields}\r\n", "\u0089\u0080\0\0\0\0"),
    };

    public static TheoryData<Kind, string> Flooded => [.. Kinds.Network.SelectMany(kind => Floods.Keys.Select(name => (kind.Data, name)))];

    [Theory]
    [MemberData(nameof(Flooded))]
    public async Task The_other_connections_of_the_loop_are_served_during(Kind kind, string flood)
    {
        // One loop, and nobody takes it over: only the flow itself can let the others in.
        var options = new ServerOptions { Loops = 1, HandOverInterval = Timeout.InfiniteTimeSpan, BodyBytesMax = long.MaxValue, LingeringTimeout = TimeSpan.FromHours(1) };
        using var stop = new CancellationTokenSource();
        FloodTransport? transport = null;
        var (first, again) = Floods[flood];
        await using var server = new RunningServer(kind, Handler(), options,
            wrap: inner => transport = new FloodTransport(inner, Encoding.Latin1.GetBytes(first), Encoding.Latin1.GetBytes(again), stop.Token));
        using var flooder = await server.ConnectAsync();
        await flooder.SendAsync("x");
        await Deadline.UntilAsync(() => transport!.Moves > 1000, "the flood");
        for (int i = 0; i < 10; i++)
        {
            long before = transport!.Moves;
            Assert.Equal("through", (await server.GetAsync("/")).Text);
            await Deadline.UntilAsync(() => transport.Moves > before, "more of the flood");
        }
        await stop.CancelAsync();
        if (flood.StartsWith("a response", StringComparison.Ordinal))
            flooder.Reset();
        await server.ConnectionsEndedAsync();
    }

    [Theory]
    [InlineData("a body that is not read", "LingeringTimeout 1")]
    [InlineData("bytes behind the last response", "Completed 1")]
    [InlineData("bytes behind a refusal", "ProtocolFault 1")]
    public async Task What_is_read_away_is_read_away_up_to_LingeringTimeout(string flood, string end)
    {
        var options = new ServerOptions { Loops = 1, HandOverInterval = Timeout.InfiniteTimeSpan, LingeringTimeout = TimeSpan.FromMilliseconds(100) };
        var (first, again) = Floods[flood];
        await using var server = new RunningServer(Kind.Sockets, Handler(), options,
            wrap: inner => new FloodTransport(inner, Encoding.Latin1.GetBytes(first), Encoding.Latin1.GetBytes(again), default));
        using var counts = new Counts(server);
        using var flooder = await server.ConnectAsync();
        await flooder.SendAsync("x");
        await Deadline.UntilAsync(() => counts.Ends.Length > 0, "the end of the flooded connection");
        Assert.Equal(end, counts.Ends);
    }

    private static Handler Handler() => RunningServer.HandlerOf(
    [
        Get("/", request => Response.Text("through")),
        Route("*", "/empty", request => new Response(204)),
        Post("/read", async request =>
        {
            var buffer = new byte[4096];
            while (await request.Body.ReadAsync(buffer) > 0)
            {
            }
            return new Response(204);
        }),
        Get("/stream", async request =>
        {
            var response = new StreamResponse();
            await response.PrepareAsync(request);
            var piece = new byte[4096];
            while (!request.Aborted.IsCancellationRequested)
                await response.WriteAsync(piece);
            return response;
        }),
        Get("/tunnel", async request =>
        {
            var response = new UpgradeResponse("none");
            var stream = await response.AcceptAsync(request);
            var buffer = new byte[4096];
            while (await stream.ReadAsync(buffer) > 0)
            {
            }
            return response;
        }),
        Get("/socket", async request =>
        {
            var socket = new WebSocketResponse();
            await socket.PrepareAsync(request);
            await foreach (var message in socket)
                _ = message;
            return socket;
        }),
    ]);
}
