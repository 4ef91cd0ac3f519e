using System.Net;
using System.Net.Sockets;
using Millrace.Transport.Tests.Support;

namespace Millrace.Transport.Tests;

/// <summary>Binding, accepting, stopping.</summary>
public sealed class ListenerTests
{
    private static readonly IPEndPoint AnyPort = new(IPAddress.Loopback, 0);

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task Port_0_asks_for_any_port_and_the_listener_knows_which(Kind kind)
    {
        await using var harness = new Harness(kind, Flows.EchoAsync);
        var endPoint = (IPEndPoint)harness.Listener.LocalEndPoint;
        Assert.NotEqual(0, endPoint.Port);
        await harness.Listener.StopAsync();
        Assert.Equal(endPoint, harness.Listener.LocalEndPoint);
    }

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task A_port_that_is_listened_on_cannot_be_bound_again(Kind kind)
    {
        await using var harness = new Harness(kind, Flows.EchoAsync);
        var error = Assert.Throws<SocketException>(() => harness.Transport.Listen(harness.Listener.LocalEndPoint, new ListenOptions(), _ => { }));
        Assert.Equal(SocketError.AddressAlreadyInUse, error.SocketErrorCode);
    }

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Kinds.Network), MemberType = typeof(Kinds))]
    public async Task A_port_with_old_connections_in_time_wait_can_be_bound_again(Kind kind)
    {
        await using var transport = Harness.Create(kind, new TransportOptions());
        EndPoint endPoint = AnyPort;
        for (int i = 0; i < 3; i++)
        {
            var listener = transport.Listen(endPoint, new ListenOptions(), connection => connection.Close());
            endPoint = listener.LocalEndPoint;
            // The server closes first, so TIME_WAIT is on its side.
            using (var client = await SocketClient.ConnectAsync(endPoint))
                Assert.Equal(0, await client.ReceiveEndAsync());
            await listener.StopAsync();
        }
    }

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Kinds.Network), MemberType = typeof(Kinds))]
    public async Task With_ReusePort_two_listeners_share_a_port(Kind kind)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no SO_REUSEPORT.");
        await using var transport = Harness.Create(kind, new TransportOptions());
        var options = new ListenOptions { ReusePort = true };
        var first = transport.Listen(AnyPort, options, connection => connection.Close());
        var second = transport.Listen(first.LocalEndPoint, options, connection => connection.Close());
        Assert.Throws<SocketException>(() => transport.Listen(first.LocalEndPoint, new ListenOptions(), _ => { }));
        using (var client = await SocketClient.ConnectAsync(first.LocalEndPoint))
            Assert.Equal(0, await client.ReceiveEndAsync());
        await first.StopAsync();
        using (var client = await SocketClient.ConnectAsync(first.LocalEndPoint))
            Assert.Equal(0, await client.ReceiveEndAsync());
        await second.StopAsync();
    }

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task Whoever_connected_before_the_stop_is_served_and_nobody_after_it(Kind kind)
    {
        for (int round = 0; round < 10; round++)
        {
            await using var harness = new Harness(kind, Flows.EchoAsync);
            var clients = new List<Client>();
            // Without a pause between them, so that some still wait in the queue.
            for (int i = 0; i < 30; i++)
                clients.Add(harness.Dial());
            await harness.Listener.StopAsync();
            Assert.Equal(clients.Count, harness.Connections);
            await Assert.ThrowsAsync<SocketException>(harness.DialAsync);
            foreach (var client in clients)
            {
                await client.SendAsync("ping");
                Assert.Equal("ping", await client.ReceiveTextAsync(4));
                client.Dispose();
            }
            await harness.Listener.StopAsync();
        }
    }

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task Stopping_waits_until_an_accepted_connection_is_in_its_owners_hands(Kind kind)
    {
        var options = new TransportOptions();
        await using var transport = Harness.Create(kind, options);
        using var gate = new ManualResetEventSlim();
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Connection? handedOver = null;
        var listener = transport.Listen(AnyPort, new ListenOptions(), connection =>
        {
            entered.SetResult();
            gate.Wait();
            handedOver = connection;
        });
        var connecting = Task.Run(async () => transport is Testing.InMemoryTransport memory
            ? (IDisposable)memory.Connect(listener.LocalEndPoint)
            : await SocketClient.ConnectAsync(listener.LocalEndPoint));
        await entered.Task;
        var stopping = listener.StopAsync().AsTask();
        Assert.False(stopping.IsCompleted);
        gate.Set();
        await stopping;
        Assert.NotNull(handedOver);
        handedOver.Close();
        (await connecting).Dispose();
    }

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task A_flow_may_stop_the_listener_it_came_from(Kind kind)
    {
        Harness? made = null;
        await using var harness = made = new Harness(kind, async connection =>
        {
            await connection.WaitReadableAsync();
            await made!.Listener.StopAsync();
            connection.Close();
        });
        using var client = await harness.DialAsync();
        await client.SendAsync("stop");
        await client.ReceiveEndAsync();
        await Assert.ThrowsAsync<SocketException>(harness.DialAsync);
    }

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task Connections_go_to_the_loop_that_has_the_fewest(Kind kind)
    {
        await using var harness = new Harness(kind, configure: options => options with { Loops = 3 });
        var pairs = new List<(Client Client, Connection Connection)>();
        for (int i = 0; i < 9; i++)
            pairs.Add(await harness.ConnectAsync());
        Assert.All(pairs.GroupBy(pair => pair.Connection.Loop), loop => Assert.Equal(3, loop.Count()));
        foreach (var (client, connection) in pairs)
        {
            connection.Close();
            client.Dispose();
        }
    }

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Kinds.Network), MemberType = typeof(Kinds))]
    public async Task The_IPv6_wildcard_serves_IPv4_clients_too_and_calls_them_so(Kind kind)
    {
        Assert.SkipUnless(Socket.OSSupportsIPv6, "This machine has no IPv6.");
        await using var transport = Harness.Create(kind, new TransportOptions());
        var remotes = new List<IPAddress>();
        var listener = transport.Listen(new IPEndPoint(IPAddress.IPv6Any, 0), new ListenOptions(), connection =>
        {
            remotes.Add(((IPEndPoint)connection.RemoteEndPoint!).Address);
            connection.Close();
        });
        foreach (var address in new[] { IPAddress.Loopback, IPAddress.IPv6Loopback })
        {
            using var client = await SocketClient.ConnectAsync(new IPEndPoint(address, ((IPEndPoint)listener.LocalEndPoint).Port));
            Assert.Equal(0, await client.ReceiveEndAsync());
        }
        Assert.Equal([IPAddress.Loopback, IPAddress.IPv6Loopback], remotes);
        await listener.StopAsync();
    }

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Kinds.Network), MemberType = typeof(Kinds))]
    public async Task A_Unix_socket_carries_bytes_as_TCP_does(Kind kind)
    {
        Assert.SkipUnless(Socket.OSSupportsUnixDomainSockets, "This machine has no Unix sockets.");
        string path = Path.Combine(Path.GetTempPath(), $"millrace-{Guid.NewGuid():n}.sock");
        await using var transport = Harness.Create(kind, new TransportOptions());
        var flow = new TaskCompletionSource<Task>();
        var listener = transport.Listen(new UnixDomainSocketEndPoint(path), new ListenOptions(), connection =>
        {
            Assert.Null(connection.RemoteEndPoint);
            flow.SetResult(Flows.EchoAsync(connection));
        });
        using (var client = await SocketClient.ConnectAsync(listener.LocalEndPoint))
        {
            await client.SendAsync("hello");
            Assert.Equal("hello", await client.ReceiveTextAsync(5));
        }
        await await flow.Task;
        await listener.StopAsync();
        File.Delete(path);
    }
}
