using System.Net;
using System.Net.Sockets;
using Millrace.Hosting;

namespace Millrace.Tests.Hosting;

/// <summary>Where a server can be reached: ports, Unix sockets and sockets from outside (aiohttp.md 5.11, 216 to 218).</summary>
public sealed class SiteTests
{
    [Theory]
    [MemberData(nameof(Kinds.Network), MemberType = typeof(Kinds))]
    public async Task A_Unix_socket_is_served_and_its_file_removed(Kind kind)
    {
        using var path = new UnixPath();
        await using var runner = await RunnerAsync(kind, request => Response.Text($"{request.Remote}|{request.RemoteEndPoint}|{request.LocalEndPoint}|{request.Scheme}"));
        var site = new UnixSite(runner, path.Path);
        Assert.Equal($"http://unix:{path.Path}:", site.Name);
        await site.StartAsync();
        using (var client = await RawClient.ConnectAsync(new UnixDomainSocketEndPoint(path.Path)))
        {
            Assert.Equal("|||http", (await client.AskForAsync("/")).Text);
            Assert.Equal("|||http", (await client.AskForAsync("/")).Text);
        }
        Assert.True(File.Exists(path.Path));
        await site.StopAsync();
        Assert.False(File.Exists(path.Path));
    }

    [Fact]
    public async Task A_socket_of_systemd_is_not_handed_on_to_the_programs_that_the_server_starts()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "systemd is Linux's.");
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        socket.Listen();
        using var server = await ChildServer.ActivateAsync(socket);
        using var client = await RawClient.ConnectAsync(server.EndPoint);
        Assert.Equal("no\n", (await client.AskForAsync("/inherited")).Text);
        server.Signal(ChildServer.SIGTERM);
        Assert.Equal((0, ""), await server.EndAsync());
    }

    [Theory]
    [MemberData(nameof(Kinds.Network), MemberType = typeof(Kinds))]
    public async Task An_abstract_name_needs_no_file(Kind kind)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Abstract names are Linux's.");
        await using var runner = await RunnerAsync(kind);
        string name = $"\0millrace-{Guid.NewGuid():n}";
        var site = new UnixSite(runner, name);
        Assert.Equal($"http://unix:@{name[1..]}:", site.Name);
        await site.StartAsync();
        using var client = await RawClient.ConnectAsync(new UnixDomainSocketEndPoint(name));
        Assert.Equal("hello", (await client.AskForAsync("/")).Text);
    }

    [Theory]
    [MemberData(nameof(Kinds.Network), MemberType = typeof(Kinds))]
    public async Task A_stale_socket_is_replaced_a_live_one_refused_and_another_file_left_alone(Kind kind)
    {
        using var path = new UnixPath();
        await using var runner = await RunnerAsync(kind);
        using (var dead = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            dead.Bind(new UnixDomainSocketEndPoint(path.Path));
            dead.Listen();
        }
        // .NET removes the file of a socket that it closes; one that was killed leaves it.
        LeaveStale(path.Path);
        Assert.True(File.Exists(path.Path));
        var site = new UnixSite(runner, path.Path);
        await site.StartAsync();
        using (var client = await RawClient.ConnectAsync(new UnixDomainSocketEndPoint(path.Path)))
            Assert.Equal("hello", (await client.AskForAsync("/")).Text);

        var second = new UnixSite(runner, path.Path);
        Assert.Equal(SocketError.AddressAlreadyInUse, (await Assert.ThrowsAsync<SocketException>(() => second.StartAsync())).SocketErrorCode);
        using (var client = await RawClient.ConnectAsync(new UnixDomainSocketEndPoint(path.Path)))
            Assert.Equal("hello", (await client.AskForAsync("/")).Text);
        Assert.Equal([site], runner.Sites);
        await site.StopAsync();

        await File.WriteAllTextAsync(path.Path, "");
        Assert.Contains("no socket", (await Assert.ThrowsAsync<IOException>(() => new UnixSite(runner, path.Path).StartAsync())).Message, StringComparison.Ordinal);
        Assert.True(File.Exists(path.Path));
    }

    [Fact]
    public async Task A_Unix_socket_has_the_mode_and_owner_asked_for()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Owners of files are tested where the tests know their own.");
        using var path = new UnixPath();
        await using var runner = await RunnerAsync(Kind.Epoll);
        var mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupWrite;
        bool isRoot = Environment.UserName == "root";
        // Only root may give a file away; anybody may give it to himself.
        var site = isRoot ? new UnixSite(runner, path.Path) { Mode = mode, UserId = 1, GroupId = 1 } : new UnixSite(runner, path.Path) { Mode = mode };
        await site.StartAsync();
        if (!OperatingSystem.IsWindows())
            Assert.Equal(mode, File.GetUnixFileMode(path.Path));
        if (!isRoot)
        {
            using var other = new UnixPath();
            await Assert.ThrowsAsync<UnauthorizedAccessException>(() => new UnixSite(runner, other.Path) { UserId = 0 }.StartAsync());
        }
        Assert.Throws<ArgumentOutOfRangeException>(() => new UnixSite(runner, path.Path) { UserId = -1 });
        Assert.Throws<ArgumentException>(() => new UnixSite(runner, ""));
    }

    [Theory]
    [MemberData(nameof(Kinds.Network), MemberType = typeof(Kinds))]
    public async Task A_socket_from_outside_is_served_bound_or_listening(Kind kind)
    {
        await using var runner = await RunnerAsync(kind);
        foreach (bool listens in new[] { false, true })
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            Assert.Throws<ArgumentException>(() => new SocketSite(runner, socket));
            socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            if (listens)
                socket.Listen();
            var endPoint = (IPEndPoint)socket.LocalEndPoint!;
            var site = new SocketSite(runner, socket);
            Assert.Equal($"http://127.0.0.1:{endPoint.Port}", site.Name);
            await site.StartAsync();
            Assert.Equal([endPoint], site.Addresses);
            using (var client = await RawClient.ConnectAsync(endPoint))
                Assert.Equal("hello", (await client.AskForAsync("/")).Text);
            await site.StopAsync();
            await Assert.ThrowsAsync<SocketException>(() => RawClient.ConnectAsync(endPoint));
        }
    }

    [Fact]
    public async Task A_host_with_several_addresses_has_one_port()
    {
        await using var runner = await RunnerAsync(Kind.Epoll);
        var site = new TcpSite(runner, "localhost", 0) { Backlog = 1 };
        await site.StartAsync();
        Assert.All(site.Addresses, address => Assert.Equal(site.Port, ((IPEndPoint)address).Port));
        Assert.Equal($"http://localhost:{site.Port}", site.Name);
        Assert.Throws<ArgumentOutOfRangeException>(() => new TcpSite(runner, null, 65536));
        Assert.Throws<ArgumentOutOfRangeException>(() => new TcpSite(runner) { Backlog = 0 });
        Assert.Equal("http://0.0.0.0:8080", new TcpSite(runner).Name);
        Assert.Equal("http://[::1]:1", new TcpSite(runner, "::1", 1).Name);
    }

    [Theory]
    [InlineData("no no", "no")]
    [InlineData("yes no", "yes")]
    [InlineData("no yes", "yes")]
    [InlineData("no", "no")]
    [InlineData("yes taken", "taken")]
    public void An_address_of_a_host_that_this_machine_has_not_is_left_out_where_there_are_others(string addresses, string outcome)
    {
        string[] kinds = addresses.Split(' ');
        void Bind(IPAddress address)
        {
            string kind = kinds[address.GetAddressBytes()[3]];
            if (kind != "yes")
                throw new SocketException((int)(kind == "no" ? SocketError.AddressNotAvailable : SocketError.AddressAlreadyInUse));
        }
        var thrown = Record.Exception(() => ListenEndPoints.BindEach([.. kinds.Select((_, i) => new IPAddress([127, 0, 0, (byte)i]))], Bind));
        Assert.Equal(outcome, thrown switch { null => "yes", SocketException { SocketErrorCode: SocketError.AddressNotAvailable } => "no", _ => "taken" });
    }

    [Theory]
    [MemberData(nameof(Kinds.Network), MemberType = typeof(Kinds))]
    public async Task RunApp_listens_on_hosts_paths_and_sockets_at_once(Kind kind)
    {
        using var path = new UnixPath();
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        int socketPort = ((IPEndPoint)socket.LocalEndPoint!).Port;
        using var stop = new CancellationTokenSource();
        var banner = new TaskCompletionSource<string>();
        var running = RunAppAsync(
            _ => Task.FromResult(RunnerTests.App()),
            new RunOptions { Host = "127.0.0.1", Hosts = ["127.0.0.2"], Port = 0, Paths = [path.Path], Sockets = [socket], Print = banner.SetResult, HandleSignals = false, Server = RunnerTests.Options(kind) },
            stop.Token);
        string text = await banner.Task.InTime();
        Assert.Matches(@"^======== Running on http://127\.0\.0\.1:\d+, http://127\.0\.0\.1:\d+, http://127\.0\.0\.2:\d+, http://unix:\S+: ========\n", text);
        string[] places = [.. text.Split("Running on ")[1].Split(" =")[0].Split(", ")];
        foreach (string place in places[..3])
        {
            using var client = await RawClient.ConnectAsync(IPEndPoint.Parse(place["http://".Length..]));
            Assert.Equal("hello", (await client.AskForAsync("/")).Text);
        }
        Assert.Contains($"http://127.0.0.1:{socketPort}", places);
        using (var client = await RawClient.ConnectAsync(new UnixDomainSocketEndPoint(path.Path)))
            Assert.Equal("hello", (await client.AskForAsync("/")).Text);
        await stop.CancelAsync();
        await running.InTime();
        Assert.False(File.Exists(path.Path));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_path_or_a_socket_alone_is_listened_on_alone(bool asSocket)
    {
        using var path = new UnixPath();
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        if (asSocket)
            socket.Bind(new UnixDomainSocketEndPoint(path.Path));
        var app = RunnerTests.App();
        string? banner = null;
        await RunAppAsync(app, new RunOptions
        {
            Paths = asSocket ? [] : [path.Path],
            Sockets = asSocket ? [socket] : [],
            HandleSignals = false,
            Print = text =>
            {
                banner = text;
                app.Stop();
            },
        }).InTime();
        Assert.Equal($"======== Running on http://unix:{path.Path}: ========\n(Press CTRL+C to quit)", banner);
        Assert.Null(new RunOptions().Port);
        Assert.Throws<ArgumentException>(() => new RunOptions { Paths = [null!] });
        socket.Dispose();
    }

    private static async Task<AppRunner> RunnerAsync(Kind kind, Func<Request, StreamResponse>? handler = null)
    {
        var app = new Application();
        app.AddRoutes([Get("/", handler ?? (request => Response.Text("hello")))]);
        var runner = new AppRunner(app, RunnerTests.Options(kind));
        await runner.SetupAsync();
        return runner;
    }

    /// <summary>The file of a socket whose process ended without removing it.</summary>
    private static void LeaveStale(string path)
    {
        string moved = path + "2";
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(path));
        socket.Listen();
        File.Move(path, moved);
        socket.Dispose();
        File.Move(moved, path);
    }
}
