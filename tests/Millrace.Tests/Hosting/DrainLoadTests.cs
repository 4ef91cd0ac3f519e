using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;

namespace Millrace.Tests.Hosting;

/// <summary>Servers that end, or are replaced, under load: no request that was sent on an accepted connection is lost (issue 4).</summary>
public sealed class DrainLoadTests
{
    private const int Clients = 200;
    private const int RequestsBefore = 1000;
    private const int RequestsAfter = 500;

    [Theory]
    [InlineData("--timeout")]
    [InlineData("--sockets", "--timeout")]
    [InlineData("--tls", "--timeout")]
    [InlineData("--tls", "--sockets", "--timeout")]
    public async Task Every_request_is_answered_when_the_server_ends_in_the_middle(params string[] args)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows sends no such signals.");
        using var server = await ChildServer.StartAsync([.. args, "30"]);
        var load = new Load(server, refusalEnds: true);
        await Deadline.UntilAsync(() => load.Answers >= RequestsBefore, "the load");
        server.Signal(ChildServer.SIGTERM);
        await load.EndedAsync();
        Assert.Equal("cleaned up", await server.ReadLineAsync());
        Assert.Equal((0, ""), await server.EndAsync());
    }

    [Theory]
    [InlineData]
    [InlineData("--sockets")]
    public async Task Two_processes_that_share_a_port_swap_without_a_failed_request(params string[] args)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Ports are shared on Linux.");
        using var old = await ChildServer.StartAsync(["--share", .. args]);
        var load = new Load(old, refusalEnds: false);
        await Deadline.UntilAsync(() => load.Answers >= RequestsBefore, "the load");
        using var next = await ChildServer.StartAsync(["--share", "--port", $"{old.EndPoint.Port}", .. args]);
        await SwapAsync(old, next, load);
    }

    [Theory]
    [InlineData]
    [InlineData("--sockets")]
    public async Task Two_processes_that_were_given_one_socket_swap_without_a_failed_request(params string[] args)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "systemd is Linux's.");
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        socket.Listen(512);
        // Both before the load: it would only make the second start slow.
        var starts = await Task.WhenAll(ChildServer.ActivateAsync(socket, args), ChildServer.ActivateAsync(socket, args));
        using var old = starts[0];
        using var next = starts[1];
        var load = new Load(old, refusalEnds: false);
        await Deadline.UntilAsync(() => load.Answers >= RequestsBefore, "the load");
        await SwapAsync(old, next, load);
    }

    private static async Task SwapAsync(ChildServer old, ChildServer next, Load load)
    {
        old.Signal(ChildServer.SIGTERM);
        Assert.Equal("cleaned up", await old.ReadLineAsync());
        Assert.Equal((0, ""), await old.EndAsync());
        int before = load.AnswersOf(next.Id);
        await Deadline.UntilAsync(() => load.AnswersOf(next.Id) >= before + RequestsAfter, "the load of the next");
        load.Stop();
        await load.EndedAsync();
        next.Signal(ChildServer.SIGTERM);
        Assert.Equal((0, ""), await next.EndAsync());
    }

    /// <summary>Clients that ask one request after the other and connect again when they are told that a response was the last.</summary>
    private sealed class Load
    {
        private readonly ChildServer _server;
        private readonly bool _refusalEnds;
        private readonly ConcurrentDictionary<int, int> _answers = new();
        private readonly Task[] _clients;
        private volatile bool _stopped;

        public Load(ChildServer server, bool refusalEnds)
        {
            _server = server;
            _refusalEnds = refusalEnds;
            _clients = [.. Enumerable.Range(0, Clients).Select(_ => Task.Run(RunAsync))];
        }

        public int Answers => _answers.Values.Sum();

        public int AnswersOf(int process) => _answers.GetValueOrDefault(process);

        public void Stop() => _stopped = true;

        public Task EndedAsync() => Task.WhenAll(_clients).InTime();

        /// <summary>Null if the server is not there any more. One that ends also closes on a client that has connected and said nothing.</summary>
        private async Task<RawClient?> ConnectAsync()
        {
            RawClient? client = null;
            try
            {
                client = await RawClient.ConnectAsync(_server.EndPoint);
                if (_server.IsEncrypted)
                    await client.SecureAsync(new SslClientAuthenticationOptions { TargetHost = "localhost", RemoteCertificateValidationCallback = (_, shown, _, _) => shown?.Subject == "CN=localhost" });
                return client;
            }
            catch (Exception e) when (_refusalEnds && Answers >= RequestsBefore && (e is SocketException { SocketErrorCode: SocketError.ConnectionRefused } || client is not null))
            {
                client?.Dispose();
                return null;
            }
        }

        private async Task RunAsync()
        {
            while (!_stopped && await ConnectAsync() is { } client)
            {
                using (client)
                {
                    bool closes = false;
                    while (!closes && !_stopped)
                    {
                        // A connection that ends without an answer throws here.
                        var response = await client.AskForAsync("/process");
                        Assert.Equal(200, response.Status);
                        closes = response.Closes;
                        _answers.AddOrUpdate(int.Parse(response.Text, provider: null), 1, static (_, n) => n + 1);
                    }
                }
            }
        }
    }
}
