using System.Net;
using System.Net.Sockets;
using Millrace.Testing;

namespace Millrace.Transport.Tests.Support;

/// <summary>The other side of a connection: a plain socket, or the in-memory stream.</summary>
internal abstract class Client : IDisposable
{
    /// <summary>What <see cref="ReceiveAsync"/> answers when the connection was reset.</summary>
    public const int WasReset = -1;

    public abstract EndPoint? LocalEndPoint { get; }

    /// <summary>False if the connection was reset.</summary>
    public abstract ValueTask<bool> SendAsync(ReadOnlyMemory<byte> bytes);

    /// <summary>A count, 0 at the end, or <see cref="WasReset"/>.</summary>
    public abstract ValueTask<int> ReceiveAsync(Memory<byte> buffer);

    public abstract void CompleteWrites();

    public abstract void Reset();

    public abstract void Dispose();

    public ValueTask<bool> SendAsync(string text) => SendAsync(Bytes.Of(text));

    /// <summary>Exactly so many bytes.</summary>
    public async Task<byte[]> ReceiveExactlyAsync(int count)
    {
        var bytes = new byte[count];
        for (int n = 0; n < count;)
        {
            int more = await ReceiveAsync(bytes.AsMemory(n));
            Assert.True(more > 0, $"The connection ended ({more}) after {n} of {count} bytes.");
            n += more;
        }
        return bytes;
    }

    public async Task<string> ReceiveTextAsync(int count) => Bytes.Text(await ReceiveExactlyAsync(count));

    /// <summary>Everything up to the end, which must be a clean one.</summary>
    public async Task<byte[]> ReceiveAllAsync()
    {
        using var all = new MemoryStream();
        var buffer = new byte[16 * 1024];
        int n;
        while ((n = await ReceiveAsync(buffer.AsMemory())) > 0)
            all.Write(buffer, 0, n);
        Assert.Equal(0, n);
        return all.ToArray();
    }

    /// <summary>Reads on until the connection ends and says how: 0 or <see cref="WasReset"/>.</summary>
    public async Task<int> ReceiveEndAsync()
    {
        var buffer = new byte[16 * 1024];
        int n;
        while ((n = await ReceiveAsync(buffer.AsMemory())) > 0)
        {
        }
        return n;
    }
}

internal sealed class SocketClient(Socket socket) : Client
{
    public override EndPoint? LocalEndPoint => socket.LocalEndPoint;

    public static SocketClient Connect(EndPoint endPoint)
    {
        var socket = Create(endPoint);
        socket.Connect(endPoint);
        return new SocketClient(socket);
    }

    public static async Task<SocketClient> ConnectAsync(EndPoint endPoint)
    {
        var socket = Create(endPoint);
        try
        {
            await socket.ConnectAsync(endPoint);
            return new SocketClient(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static Socket Create(EndPoint endPoint)
    {
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, endPoint is IPEndPoint ? ProtocolType.Tcp : ProtocolType.Unspecified);
        if (endPoint is IPEndPoint)
            socket.NoDelay = true;
        return socket;
    }

    public override async ValueTask<bool> SendAsync(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            while (!bytes.IsEmpty)
                bytes = bytes[await socket.SendAsync(bytes)..];
            return true;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return false;
        }
    }

    public override async ValueTask<int> ReceiveAsync(Memory<byte> buffer)
    {
        try
        {
            return await socket.ReceiveAsync(buffer);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return WasReset;
        }
    }

    public override void CompleteWrites() => socket.Shutdown(SocketShutdown.Send);

    public override void Reset()
    {
        socket.LingerState = new LingerOption(true, 0);
        socket.Dispose();
    }

    public override void Dispose() => socket.Dispose();
}

internal sealed class InMemoryClient(InMemoryClientStream stream) : Client
{
    public override EndPoint? LocalEndPoint => null;

    public override async ValueTask<bool> SendAsync(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            await stream.WriteAsync(bytes);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    public override async ValueTask<int> ReceiveAsync(Memory<byte> buffer)
    {
        try
        {
            return await stream.ReadAsync(buffer);
        }
        catch (IOException)
        {
            return WasReset;
        }
    }

    public override void CompleteWrites() => stream.CompleteWrites();

    public override void Reset() => stream.Reset();

    public override void Dispose() => stream.Dispose();
}
