using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Time.Testing;
using Microsoft.Win32.SafeHandles;
using Millrace.Transport.Epoll;
using Millrace.Transport.Files;
using Millrace.Transport.Tests.Support;

namespace Millrace.Transport.Tests;

/// <summary>When descriptors run out, and when their numbers are used again.</summary>
public sealed class DescriptorTests
{
    private const string ChildVariable = "MILLRACE_TEST_DESCRIPTORS";
    private const int ChildLimit = 300;

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Kinds.Network), MemberType = typeof(Kinds))]
    public async Task Without_descriptors_accepting_pauses_with_one_log_line_and_nobody_is_lost(Kind kind)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Descriptors run out in a child process with a small limit, which is made for Linux.");
        if (Environment.GetEnvironmentVariable(ChildVariable) is null)
            await RunInChildAsync(nameof(Without_descriptors_accepting_pauses_with_one_log_line_and_nobody_is_lost), kind);
        else
            await RunOutOfDescriptorsAsync(kind);
    }

    [EpollFact]
    public async Task A_transport_that_has_no_descriptors_for_all_its_loops_keeps_none()
    {
        if (Environment.GetEnvironmentVariable(ChildVariable) is null)
        {
            await RunInChildAsync(nameof(A_transport_that_has_no_descriptors_for_all_its_loops_keeps_none), Kind.Epoll);
            return;
        }
        for (int i = 0; i < 3; i++)
            Assert.Throws<SocketException>(() => new EpollTransport(new TransportOptions { Loops = ChildLimit }));
        await using var transport = new EpollTransport(new TransportOptions { Loops = 20 });
    }

    [EpollFact]
    public async Task A_file_that_no_descriptor_is_left_for_is_not_missing()
    {
        if (Environment.GetEnvironmentVariable(ChildVariable) is null)
        {
            await RunInChildAsync(nameof(A_file_that_no_descriptor_is_left_for_is_not_missing), Kind.Epoll);
            return;
        }
        string path = typeof(DescriptorTests).Assembly.Location;
        var open = new Stack<SafeFileHandle>();
        Exception? failure = null;
        while ((failure = Record.Exception(() => open.Push(FileOpening.TryOpen(path, followLink: false, out _)!))) is null)
        {
        }
        open.Pop().Dispose();
        open.Pop().Dispose();
        Assert.Contains("(error 24)", Assert.IsType<IOException>(failure).Message, StringComparison.Ordinal);
        Assert.Null(FileOpening.TryOpen(path + "-", followLink: false, out _));
        while (open.TryPop(out var handle))
            handle.Dispose();
    }

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Kinds.Network), MemberType = typeof(Kinds))]
    public async Task Events_of_a_closed_connection_never_reach_the_next_one_with_its_number(Kind kind)
    {
        // One loop, and a callback that closes many connections whose events already lie in the same batch; their
        // descriptor numbers are taken at once by the connections that wait in the queue.
        const int rounds = 30;
        const int each = 40;
        await using var harness = new Harness(kind, configure: options => options with { Loops = 1 });
        for (int round = 0; round < rounds; round++)
        {
            var old = new List<(Client Client, Connection Connection)>();
            for (int i = 0; i < each; i++)
                old.Add(await harness.ConnectAsync());
            using var gate = new ManualResetEventSlim();
            if (kind == Kind.Epoll)
                harness.Loops[0].Post(gate.Wait);
            foreach (var (client, _) in old)
                client.Reset();
            var dialing = Enumerable.Range(0, each).Select(_ => harness.DialAsync()).ToList();
            gate.Set();
            foreach (var (_, connection) in old)
                connection.Close();
            var clients = await Task.WhenAll(dialing);
            var connections = new List<Connection>();
            for (int i = 0; i < each; i++)
                connections.Add(await harness.AcceptAsync());
            Assert.DoesNotContain(connections, connection => connection.PeerClosed);
            foreach (var client in clients)
                client.Dispose();
            foreach (var connection in connections)
            {
                Assert.Equal(Connection.EndOfStream, await connection.ReadAsync(new byte[1]));
                connection.Close();
            }
        }
    }

    private static async Task RunInChildAsync(string test, Kind kind)
    {
        // The limit is the child's alone: in this process it would hit whatever else needs a file just then.
        string method = $"{typeof(DescriptorTests).FullName}.{test}";
        string program = Environment.ProcessPath!;
        string[] self = Path.GetFileNameWithoutExtension(program) == "dotnet" ? [program, typeof(DescriptorTests).Assembly.Location] : [program];
        var start = new ProcessStartInfo("/bin/sh", ["-c", $"ulimit -n {ChildLimit}; exec \"$@\"", "sh", .. self, "--filter-method", method])
        {
            RedirectStandardOutput = true,
            Environment = { [ChildVariable] = $"{kind}" },
        };
        using var child = Process.Start(start)!;
        string output = await child.StandardOutput.ReadToEndAsync();
        await child.WaitForExitAsync();
        Assert.True(child.ExitCode == 0, output);
    }

    private static async Task RunOutOfDescriptorsAsync(Kind kind)
    {
        // The child runs the whole theory; each run is for one kind.
        if (Environment.GetEnvironmentVariable(ChildVariable) != $"{kind}")
            return;
        const int clients = 60;
        const int left = 32;
        var time = new FakeTimeProvider();
        await using var harness = new Harness(kind, Flows.EchoAsync, options => options with { TimeProvider = time });
        await RehearseAsync(harness);
        // The clients have their descriptors before the shortage begins, so that the server alone suffers.
        var sockets = Enumerable.Range(0, clients).Select(_ => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)).ToList();
        var hoard = HoardDescriptors(left);
        int served = 0;
        var leave = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var visits = sockets.Select(socket => VisitAsync(socket, harness.Listener.LocalEndPoint, () => Interlocked.Increment(ref served), leave.Task)).ToList();
        await Eventually.TrueAsync(() => harness.Log.Count(2) == 1);
        // Those who were accepted are served while the others wait, and every new attempt fails without another line.
        await Eventually.TrueAsync(() => Volatile.Read(ref served) > 0 && served == harness.Connections);
        Assert.InRange(served, 1, left);
        for (int i = 0; i < 10; i++)
            await PassPauseAsync(harness, time);
        Assert.Equal(1, harness.Log.Count(2));

        // Where a few leave, a few come in; that it then is the same shortage again is no news.
        int before = served;
        for (int i = 0; i < 4; i++)
            hoard.Pop().Dispose();
        await PassPausesUntilAsync(harness, time, () => Volatile.Read(ref served) > before);
        Assert.InRange(served, before + 1, clients - 1);
        Assert.Equal(1, harness.Log.Count(2));

        while (hoard.TryPop(out var handle))
            handle.Dispose();
        await PassPausesUntilAsync(harness, time, () => Volatile.Read(ref served) == clients);
        leave.SetResult();
        await Task.WhenAll(visits);
        Assert.Equal(1, harness.Log.Count(2));
    }

    /// <summary>Everything runs once, so that no assembly has to be loaded while there is no descriptor to open it with.</summary>
    private static async Task RehearseAsync(Harness harness)
    {
        var log = new RecordingLogger();
        log.AcceptPaused(0, 0);
        Assert.Equal(1, log.Count(2));
        using (var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp))
            await VisitAsync(socket, harness.Listener.LocalEndPoint, () => { }, Task.CompletedTask);
        using (var handle = OpenOne())
            Assert.False(handle.IsInvalid);
        await Eventually.TrueAsync(() => harness.Connections == 0);
    }

    private static async Task VisitAsync(Socket socket, EndPoint endPoint, Action onServed, Task leave)
    {
        await socket.ConnectAsync(endPoint);
        using var client = new SocketClient(socket);
        await client.SendAsync("ping");
        Assert.Equal("ping", await client.ReceiveTextAsync(4));
        onServed();
        await leave;
    }

    private static async Task PassPauseAsync(Harness harness, FakeTimeProvider time)
    {
        time.Advance(TimeSpan.FromSeconds(1));
        // An epoll loop sleeps in real time: the callback wakes it, so that it looks at the clock.
        var woken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        harness.Loops[0].Post(woken.SetResult);
        await woken.Task;
    }

    // One pause is enough, unless the runtime itself held a descriptor just when the listener looked.
    private static async Task PassPausesUntilAsync(Harness harness, FakeTimeProvider time, Func<bool> condition)
    {
        while (!condition())
        {
            await PassPauseAsync(harness, time);
            int looks = 0;
            await Eventually.TrueAsync(() => condition() || ++looks > 100);
        }
    }

    /// <summary>Uses up descriptors but for <paramref name="left"/>. Numbers are given out lowest first, so the last number tells how many are left.</summary>
    private static Stack<SafeFileHandle> HoardDescriptors(int left)
    {
        var hoard = new Stack<SafeFileHandle>();
        do
            hoard.Push(OpenOne());
        while (hoard.Peek().DangerousGetHandle() < ChildLimit - left - 1);
        return hoard;
    }

    private static SafeFileHandle OpenOne() => File.OpenHandle("/dev/null");
}
