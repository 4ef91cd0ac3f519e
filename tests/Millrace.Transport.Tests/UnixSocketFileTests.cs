using System.Net.Sockets;
using Millrace.Transport.Tests.Support;
using Millrace.Transport.Unix;

namespace Millrace.Transport.Tests;

/// <summary>The file of a Unix socket and whose it is.</summary>
public sealed class UnixSocketFileTests : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"millrace-{Guid.NewGuid():n}.sock");

    [Theory]
    [MemberData(nameof(Kinds.Network), MemberType = typeof(Kinds))]
    public async Task A_listener_that_ends_removes_its_own_file_and_not_what_another_has_put_there(Kind kind)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux tells sockets apart by their numbers.");
        await using var transport = Harness.Create(kind, new TransportOptions());
        var (socket, file) = UnixSocketFile.Bind(_path, null, -1, -1);
        var listener = transport.Listen(socket, new ListenOptions(), connection => connection.Close());
        Assert.Equal(_path, listener.LocalEndPoint.ToString());
        var (next, nextFile) = UnixSocketFile.Bind(_path + ".next", null, -1, -1);
        File.Move(_path + ".next", _path, overwrite: true);
        await listener.StopAsync();
        file!.Remove();
        Assert.True(File.Exists(_path));

        var second = transport.Listen(next, new ListenOptions(), connection => connection.Close());
        using (var client = await SocketClient.ConnectAsync(new UnixDomainSocketEndPoint(_path)))
            Assert.Equal(0, await client.ReceiveEndAsync());
        await second.StopAsync();
        new FileInfo(_path).MoveTo(_path + ".next");
        nextFile!.Remove();
        Assert.False(File.Exists(_path + ".next"));
    }

    [Fact]
    public async Task A_server_whose_queue_is_full_is_there_all_the_same()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "How long a queue is, is each system's own.");
        using var busy = Unix();
        busy.Bind(new UnixDomainSocketEndPoint(_path));
        busy.Listen(0);
        var waiting = new List<Socket>();
        do
            waiting.Add(Unix());
        while (TryConnect(waiting[^1]));
        var binding = Task.Run(() => UnixSocketFile.Bind(_path, null, -1, -1), TestContext.Current.CancellationToken);
        var error = await Assert.ThrowsAsync<SocketException>(() => binding.WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken));
        Assert.Equal(SocketError.AddressAlreadyInUse, error.SocketErrorCode);
        Assert.True(File.Exists(_path));
        waiting.ForEach(client => client.Dispose());
    }

    public void Dispose()
    {
        File.Delete(_path);
        File.Delete(_path + ".next");
    }

    private static Socket Unix() => new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { Blocking = false };

    private bool TryConnect(Socket client)
    {
        try
        {
            client.Connect(new UnixDomainSocketEndPoint(_path));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
