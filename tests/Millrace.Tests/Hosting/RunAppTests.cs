using System.Net;
using System.Net.Sockets;

namespace Millrace.Tests.Hosting;

/// <summary>RunAppAsync: where it listens, what it prints, how it fails (aiohttp.md 1.1).</summary>
public sealed class RunAppTests
{
    private static readonly Route[] Routes = [Get("/", request => Response.Text("hello"))];

    [Theory]
    [MemberData(nameof(Kinds.Network), MemberType = typeof(Kinds))]
    public async Task The_banner_names_the_real_port_and_the_server_answers_there(Kind kind)
    {
        await using var app = new RunningApp(Routes, kind);
        int port = await app.PortAsync();
        Assert.NotEqual(0, port);
        Assert.Equal($"======== Running on http://127.0.0.1:{port} ========\n(Press CTRL+C to quit)", await app.BannerAsync());
        using var client = await app.ConnectAsync();
        await client.GetAsync("/");
        Assert.Equal("hello", (await client.ReadAsync()).Text);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public async Task No_host_means_all_interfaces_of_both_kinds(string? host)
    {
        await using var app = new RunningApp(Routes, host: host);
        int port = await app.PortAsync();
        Assert.Equal($"======== Running on http://0.0.0.0:{port} ========\n(Press CTRL+C to quit)", await app.BannerAsync());
        foreach (var address in Socket.OSSupportsIPv6 ? [IPAddress.Loopback, IPAddress.IPv6Loopback] : new[] { IPAddress.Loopback })
        {
            using var client = await RawClient.ConnectAsync(new IPEndPoint(address, port));
            await client.GetAsync("/");
            Assert.Equal("hello", (await client.ReadAsync()).Text);
        }
    }

    [Fact]
    public async Task An_IPv6_address_stands_in_brackets()
    {
        Assert.SkipUnless(Socket.OSSupportsIPv6, "This machine has no IPv6.");
        await using var app = new RunningApp(Routes, host: "::1");
        Assert.StartsWith("======== Running on http://[::1]:", await app.BannerAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_name_is_resolved_and_its_name_is_in_the_banner()
    {
        await using var app = new RunningApp(Routes, host: "localhost");
        Assert.StartsWith("======== Running on http://localhost:", await app.BannerAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_IPv4_client_of_all_interfaces_is_seen_with_its_IPv4_address()
    {
        foreach (var row in Kinds.Network)
        {
            await using var app = new RunningApp([Get("/", request => Response.Text($"{request.Remote} {request.LocalEndPoint}"))], row.Data, host: null);
            using var client = await app.ConnectAsync();
            await client.GetAsync("/");
            Assert.Equal($"127.0.0.1 127.0.0.1:{await app.PortAsync()}", (await client.ReadAsync()).Text);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds.Network), MemberType = typeof(Kinds))]
    public async Task A_port_that_is_taken_throws_a_SocketException(Kind kind)
    {
        await using var app = new RunningApp(Routes, kind);
        int port = await app.PortAsync();
        var second = new Application();
        var options = new RunOptions
        {
            Host = "127.0.0.1",
            Port = port,
            Print = null,
            HandleSignals = false,
            Server = new ServerOptions { Transport = kind == Kind.Sockets ? TransportKind.Sockets : TransportKind.Epoll },
        };
        var thrown = await Assert.ThrowsAsync<SocketException>(() => RunAppAsync(second, options).InTime());
        Assert.Equal(SocketError.AddressAlreadyInUse, thrown.SocketErrorCode);
        Assert.Throws<SocketException>(() => RunApp(second, options));
    }

    [Theory]
    [MemberData(nameof(Kinds.Network), MemberType = typeof(Kinds))]
    public async Task A_start_that_fails_lets_go_of_the_addresses_it_had_bound(Kind kind)
    {
        int port = 0;
        var options = new RunOptions
        {
            Host = "127.0.0.1",
            Print = banner =>
            {
                port = int.Parse(banner.Split(':')[2].Split(' ')[0], provider: null);
                throw new InvalidOperationException("no console");
            },
            Port = 0,
            HandleSignals = false,
            Server = new ServerOptions { Transport = kind == Kind.Sockets ? TransportKind.Sockets : TransportKind.Epoll },
        };
        await Assert.ThrowsAsync<InvalidOperationException>(() => RunAppAsync(new Application(), options).InTime());
        using var other = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        other.Bind(new IPEndPoint(IPAddress.Loopback, port));
        other.Listen();
    }

    [Theory]
    [MemberData(nameof(Kinds.Network), MemberType = typeof(Kinds))]
    public async Task Two_servers_may_share_a_port_that_both_want_to_share(Kind kind)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "SO_REUSEPORT is Linux's here.");
        using var stop = new CancellationTokenSource();
        int port = 0;
        var running = new List<Task>();
        for (int i = 0; i < 2; i++)
        {
            var banner = new TaskCompletionSource<string>();
            var options = new RunOptions { Host = "127.0.0.1", Port = port, ReusePort = true, HandleSignals = false, Print = banner.SetResult, Server = RunnerTests.Options(kind) };
            running.Add(RunAppAsync(new Application(), options, stop.Token));
            port = int.Parse((await banner.Task.InTime()).Split(':')[2].Split(' ')[0], provider: null);
        }
        await stop.CancelAsync();
        await Task.WhenAll(running).InTime();
    }

    [Fact]
    public async Task A_token_that_is_cancelled_already_ends_the_server_at_once()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        var options = new RunOptions { Host = "127.0.0.1", Port = 0, Print = null, HandleSignals = false };
        await RunAppAsync(new Application(), options, cancelled.Token).InTime();
        await Assert.ThrowsAsync<ArgumentNullException>(() => RunAppAsync((Application)null!, options));
    }
}
