using System.Runtime.CompilerServices;
using Millrace.Connections;

namespace Millrace.Tests.Connections;

/// <summary>What a connection holds while it is idle, and what a request allocates.</summary>
public sealed class MemoryTests
{
    private static readonly byte[] Get1 = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray();

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task An_idle_connection_holds_no_buffer_and_no_reader(Kind kind)
    {
        await using var server = new RunningServer(kind, [Get("/", request => Response.Text("ok")), Post("/", async request => Response.Text(await request.TextAsync()))]);
        var clients = new List<RawClient>();
        for (int i = 0; i < 50; i++)
        {
            var client = await server.ConnectAsync();
            clients.Add(client);
            for (int n = 0; n < i % 3; n++)
            {
                await client.GetAsync("/");
                Assert.Equal("ok", (await client.ReadAsync()).Text);
                const int length = 10_000;
                await client.SendAsync($"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n\r\n{new string('x', length)}");
                Assert.Equal(length, (await client.ReadAsync()).Body.Length);
            }
            // The last step of the server comes after its answer.
            await Deadline.UntilAsync(() => server.Rented == 0, "the return of every buffer");
            await Deadline.UntilAsync(() => i == 0 || LastOf(server.Server.HeadReaders) is not null, "the return of the reader");
        }
        // They came one after the other: one reader was enough.
        Assert.Empty(IdleOf(server.Server.HeadReaders));
        Assert.Equal(50, server.Server.ConnectionCount);
        clients.ForEach(client => client.Dispose());
    }

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task An_idle_WebSocket_holds_no_buffer_and_no_reader(Kind kind)
    {
        await using var server = WebSockets.Echoes.Server(kind, () => new WebSocketResponse { MessageCompression = new WebSocketCompression() });
        var clients = new List<WebSockets.WsClient>();
        for (int i = 0; i < 50; i++)
        {
            clients.Add(await WebSockets.WsClient.OpenAsync(server, i % 2 == 0 ? "" : "Sec-WebSocket-Extensions: permessage-deflate\r\n"));
            await clients[^1].SendAsync(WebSockets.WsClient.Text(new string('x', i * 1000)));
            await clients[^1].ReadAsync();
            await Deadline.UntilAsync(() => server.Rented == 0, "the return of every buffer");
            Assert.NotNull(LastOf(server.Server.HeadReaders));
        }
        Assert.Empty(IdleOf(server.Server.HeadReaders));
        Assert.Equal(50, server.Server.ConnectionCount);
        clients.ForEach(client => client.Dispose());
    }

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task An_idle_tunnel_holds_no_buffer_and_no_reader(Kind kind)
    {
        await using var server = new RunningServer(kind, [Get("/", async request =>
        {
            var response = new UpgradeResponse("echo");
            var stream = await response.AcceptAsync(request);
            await stream.CopyToAsync(stream);
            return response;
        })]);
        using var client = await server.ConnectAsync();
        await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\nearly");
        await client.ReadHeadAsync();
        Assert.Equal("early"u8.ToArray(), await client.ReadExactlyAsync(5));
        await Deadline.UntilAsync(() => server.Rented == 0, "the return of every buffer");
        Assert.NotNull(LastOf(server.Server.HeadReaders));
        client.CompleteWrites();
        await client.ReadToEndAsync();
    }

    [Fact]
    public async Task A_plain_GET_allocates_no_more_than_400_bytes()
    {
        const int Requests = 20_000;
        await using var server = new RunningServer(Kind.InMemory, [Get("/", request => Response.Text("Hello, world"))]);
        using var client = await server.ConnectAsync();
        var stream = client.InMemory;
        var buffer = new byte[1024];
        int length = 0;
        async Task AskAsync(int count)
        {
            for (int i = 0; i < count; i++)
            {
                await stream.WriteAsync(Get1);
                length = stream.ReadAvailable(buffer);
            }
        }

        await AskAsync(2000);
        Assert.EndsWith("\r\n\r\nHello, world", System.Text.Encoding.ASCII.GetString(buffer, 0, length), StringComparison.Ordinal);
        // Everything runs inside the client's write, on this thread.
        long before = GC.GetAllocatedBytesForCurrentThread();
        var asking = AskAsync(Requests);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(asking.IsCompletedSuccessfully);
        Assert.InRange(allocated / Requests, 1, 400);
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_last")]
    private static extern ref HeadReader? LastOf(HeadReaderPool pool);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_idle")]
    private static extern ref Stack<HeadReader> IdleOf(HeadReaderPool pool);
}
