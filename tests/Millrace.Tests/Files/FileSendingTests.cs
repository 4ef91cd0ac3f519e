using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Millrace.Tests.Files;

/// <summary>What happens to files, their handles and the server's memory while they are on their way.</summary>
public sealed class FileSendingTests : IDisposable
{
    // More than the buffers of a loopback connection hold.
    private const int Large = 16 * 1024 * 1024;

    private readonly TemporaryDirectory _files = new();

    public void Dispose() => _files.Dispose();

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task A_file_that_is_cut_off_while_it_is_sent_breaks_the_connection_off(Kind kind)
    {
        string path = Sparse(Large);
        await using var server = Serving(path, kind);
        using var client = await server.ConnectAsync();
        await client.GetAsync("/");
        Assert.Contains($"Content-Length: {Large}\r\n", await client.ReadHeadAsync(), StringComparison.Ordinal);
        using (var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
            file.SetLength(1);
        await client.ExpectResetAsync();
        await server.ConnectionsEndedAsync();
        Assert.IsType<EndOfStreamException>(server.Log.TakeOne().Exception);
        await ClosedAsync(path);
    }

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task A_file_that_is_replaced_while_it_is_sent_arrives_as_it_was(Kind kind)
    {
        var content = Patterns.Bytes(8 * 1024 * 1024);
        string path = _files.Write("a.bin", content);
        await using var server = Serving(path, kind);
        using var client = await server.ConnectAsync();
        await client.GetAsync("/");
        await client.ReadHeadAsync();
        File.Move(_files.Write("b.bin", "new"), path, overwrite: true);
        Assert.Equal(content, await client.ReadExactlyAsync(content.Length));
        Assert.Equal("new", (await client.AskAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n")).Text);
    }

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task A_hundred_large_files_to_slow_readers_hold_little_memory(Kind kind)
    {
        const int Clients = 100;
        string path = Sparse(Large);
        await using var server = Serving(path, kind);
        var clients = new List<RawClient>();
        for (int i = 0; i < Clients; i++)
        {
            clients.Add(kind == Kind.InMemory ? await server.ConnectAsync() : await RawClient.ConnectAsync(server.EndPoint, receiveBuffer: 32 * 1024));
            await clients[i].GetAsync("/");
            await clients[i].ReadHeadAsync();
        }
        for (int round = 0; round < 3; round++)
        {
            // The head of the request, what waits to be sent, and where nothing better is there a piece of the file.
            Assert.InRange(server.Rented, 0, 3 * Clients);
            foreach (var client in clients)
                await client.ReadExactlyAsync(32 * 1024);
        }
        foreach (var client in clients)
            client.Reset();
        await server.ConnectionsEndedAsync();
        await ClosedAsync(path);
    }

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task A_client_that_leaves_in_the_middle_has_the_file_closed(Kind kind)
    {
        string path = Sparse(Large);
        await using var server = Serving(path, kind);
        using (var client = await server.ConnectAsync())
        {
            await client.GetAsync("/");
            await client.ReadHeadAsync();
            client.Reset();
        }
        await server.ConnectionsEndedAsync();
        await ClosedAsync(path);
    }

    [Fact]
    public async Task A_file_that_was_begun_and_not_returned_is_closed()
    {
        string path = _files.Write("a.bin", Patterns.Bytes(100));
        await using var server = new RunningServer(Kind.InMemory, [Get("/", async Task<StreamResponse> (request) =>
        {
            await new FileResponse(path).PrepareAsync(request);
            throw new InvalidOperationException("on purpose");
        })]);
        using var client = await server.ConnectAsync();
        await client.GetAsync("/");
        await client.ExpectResetAsync();
        await server.ConnectionsEndedAsync();
        server.Log.TakeOne();
        await ClosedAsync(path);
    }

    [Fact]
    public async Task A_file_may_be_prepared_and_ended_by_the_handler()
    {
        string path = _files.Write("a.txt", "text");
        var ended = new Gate();
        await using var server = new RunningServer(Kind.InMemory, [Get("/", async request =>
        {
            var file = new FileResponse(path);
            await file.PrepareAsync(request);
            await file.WriteEofAsync();
            await ended.PassAsync();
            return file;
        })]);
        using var client = await server.ConnectAsync();
        await client.GetAsync("/");
        await ended.Arrived;
        Assert.Equal("text", (await client.ReadAsync()).Text);
        ended.Open();
        await client.GetAsync("/");
        Assert.Equal("text", (await client.ReadAsync()).Text);
        await ClosedAsync(path);
    }

    [Fact]
    public async Task Pipes_sockets_devices_and_what_may_not_be_read_are_404_and_nothing_hangs()
    {
        if (!OperatingSystem.IsLinux())
            return;
        Assert.Equal(0, mkfifo(_files["pipe"], 0x1B6));
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(_files["socket"]));
        string secret = _files.Write("secret", "secret");
        File.SetUnixFileMode(secret, UnixFileMode.None);
        foreach (string path in new[] { _files["pipe"], _files["socket"], "/dev/zero", "/dev/null", secret })
        {
            await using var server = Serving(path, Kind.InMemory);
            Assert.Equal(path == secret && Environment.IsPrivilegedProcess ? 200 : 404, (await server.GetAsync("/")).Status);
        }
    }

    private static RunningServer Serving(string path, Kind kind) => new(kind, [Get("/", _ => new FileResponse(path))]);

    /// <summary>No descriptor of this process is the file's any more.</summary>
    private static async Task ClosedAsync(string path)
    {
        if (OperatingSystem.IsLinux())
            await Deadline.UntilAsync(() => !Directory.GetFiles("/proc/self/fd").Any(name => new FileInfo(name).LinkTarget == path), "the end of every descriptor of the file");
    }

    /// <summary>A file of zeros that takes no room on the disk.</summary>
    private string Sparse(int length)
    {
        string path = _files["sparse.bin"];
        using var file = new FileStream(path, FileMode.Create);
        file.SetLength(length);
        return path;
    }

    [DllImport("libc", CharSet = CharSet.Ansi)]
    private static extern int mkfifo(string path, uint mode);
}
