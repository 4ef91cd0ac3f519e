using System.Globalization;
using System.IO.Pipes;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Millrace.Testing;

namespace Millrace.Tests.Support;

/// <summary>
/// A client that sends bytes as they are and reads responses exactly: as far as their framing says and no byte further. It believes nothing,
/// so what the server does wrong shows.
/// </summary>
internal sealed class RawClient : IDisposable
{
    private Stream _stream;
    private readonly Socket? _socket;
    private byte[] _buffer = new byte[16 * 1024];
    private int _start;
    private int _end;

    public RawClient(InMemoryClientStream stream) => _stream = stream;

    private RawClient(NamedPipeClientStream stream) => _stream = stream;

    private RawClient(Socket socket)
    {
        _socket = socket;
        _stream = new NetworkStream(socket, ownsSocket: true);
    }

    /// <summary>What lies beneath, for a client of another make; bytes that were read ahead are not in it.</summary>
    public Stream Stream => _stream;

    public InMemoryClientStream InMemory => (InMemoryClientStream)_stream;

    public EndPoint LocalEndPoint => _socket!.LocalEndPoint!;

    private string Unread => Encoding.Latin1.GetString(_buffer, _start, _end - _start);

    /// <param name="endPoint">Where to connect.</param>
    /// <param name="receiveBuffer">A small one makes the server's writes wait sooner.</param>
    public static async Task<RawClient> ConnectAsync(EndPoint endPoint, int? receiveBuffer = null)
    {
        var socket = endPoint is UnixDomainSocketEndPoint
            ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
            : new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            if (receiveBuffer is { } bytes)
                socket.ReceiveBufferSize = bytes;
            using var limit = Deadline.Start();
            await socket.ConnectAsync(endPoint, limit.Token);
            return new RawClient(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public static async Task<RawClient> ConnectToPipeAsync(string name)
    {
        var pipe = new NamedPipeClientStream(".", name, PipeDirection.InOut, PipeOptions.Asynchronous);
        using var limit = Deadline.Start();
        await pipe.ConnectAsync(limit.Token);
        return new RawClient(pipe);
    }

    /// <summary>Makes the handshake of TLS; from here on everything is encrypted. <paramref name="between"/> may stand between TLS and the connection.</summary>
    public async Task<SslStream> SecureAsync(SslClientAuthenticationOptions options, Func<Stream, Stream>? between = null)
    {
        var secured = new SslStream(between is null ? _stream : between(_stream));
        using var limit = Deadline.Start();
        await secured.AuthenticateAsClientAsync(options, limit.Token);
        _stream = secured;
        return secured;
    }

    public Task SendAsync(string text) => SendAsync(Encoding.Latin1.GetBytes(text));

    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        using var limit = Deadline.Start();
        await _stream.WriteAsync(bytes, limit.Token);
    }

    /// <summary>As <see cref="SendAsync(ReadOnlyMemory{byte})"/>; false if the server has closed meanwhile.</summary>
    public async Task<bool> TrySendAsync(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            await SendAsync(bytes);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    public Task GetAsync(string target, string fields = "") => SendAsync($"GET {target} HTTP/1.1\r\nHost: a\r\n{fields}\r\n");

    /// <summary>GET of a path, and its response.</summary>
    public Task<RawResponse> AskForAsync(string target) => AskAsync($"GET {target} HTTP/1.1\r\nHost: a\r\n\r\n");

    /// <summary>Sends and reads one response.</summary>
    public async Task<RawResponse> AskAsync(string request)
    {
        await SendAsync(request);
        return await ReadAsync(toHead: request.StartsWith("HEAD ", StringComparison.Ordinal));
    }

    /// <summary>Reads one response, whole.</summary>
    public async Task<RawResponse> ReadAsync(bool toHead = false)
    {
        string head = await ReadHeadAsync();
        var response = new RawResponse(head, []);
        Assert.StartsWith("HTTP/1.1 ", head, StringComparison.Ordinal);
        bool isChunked = response["Transfer-Encoding"] is not null;
        if (isChunked)
        {
            Assert.Equal("chunked", response["Transfer-Encoding"]);
            Assert.Null(response["Content-Length"]);
        }
        if (toHead || response.Status is < 200 or 204 or 304)
            return response;
        if (isChunked)
            return await ReadChunksAsync(head);
        if (response["Content-Length"] is { } length)
            return response with { Body = await ReadExactlyAsync(int.Parse(length, CultureInfo.InvariantCulture)) };
        Assert.True(response.Closes, "A body without framing ends with the connection.");
        return response with { Body = await ReadToEndAsync() };
    }

    /// <summary>Reads one response without a body or with a declared length; null if the connection has ended instead.</summary>
    public async Task<RawResponse?> TryReadAsync() => _start == _end && await FillAsync() == 0 ? null : await ReadAsync();

    /// <summary>The head of a response, its empty line included; the body can be read behind it.</summary>
    public async Task<string> ReadHeadAsync()
    {
        var head = new StringBuilder();
        string line;
        while ((line = await ReadLineAsync()).Length > 0)
            head.Append(line).Append("\r\n");
        return head.Append("\r\n").ToString();
    }

    /// <summary>A line without its CRLF.</summary>
    public async Task<string> ReadLineAsync()
    {
        int length;
        while ((length = _buffer.AsSpan(_start, _end - _start).IndexOf("\r\n"u8)) < 0)
            Assert.True(await FillAsync() > 0, $"The connection ended in the middle of a line: '{Unread}'.");
        string line = Encoding.Latin1.GetString(_buffer, _start, length);
        _start += length + 2;
        return line;
    }

    public async Task<byte[]> ReadExactlyAsync(int count)
    {
        var bytes = new byte[count];
        int taken = Math.Min(count, _end - _start);
        _buffer.AsSpan(_start, taken).CopyTo(bytes);
        _start += taken;
        while (taken < count)
        {
            int n = await ReceiveAsync(bytes.AsMemory(taken));
            Assert.True(n > 0, $"The connection ended after {taken} of {count} bytes.");
            taken += n;
        }
        return bytes;
    }

    /// <summary>The data of the next chunk; empty for the last one.</summary>
    public async Task<byte[]> ReadChunkAsync()
    {
        int size = int.Parse(await ReadLineAsync(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        var data = await ReadExactlyAsync(size);
        Assert.Equal("", await ReadLineAsync());
        return data;
    }

    /// <summary>Everything up to the end, which must be a clean one.</summary>
    public async Task<byte[]> ReadToEndAsync()
    {
        while (await FillAsync() > 0)
        {
        }
        var bytes = _buffer[_start.._end];
        _start = _end;
        return bytes;
    }

    /// <summary>Reads once what may be there, without waiting for long; what it is and how it ends is no matter.</summary>
    public async Task ReadSomeAsync(int count)
    {
        using var soon = new CancellationTokenSource(TimeSpan.FromMilliseconds(5));
        try
        {
            _ = await _stream.ReadAsync(new byte[count], soon.Token);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // Nothing there, or nobody.
        }
    }

    /// <summary>The server closes, and sends nothing before it does.</summary>
    public async Task ExpectEndAsync()
    {
        int n = await FillAsync();
        Assert.True(n == 0 && _start == _end, $"Bytes came where the connection should end: '{Unread}'.");
    }

    /// <summary>The server resets the connection; what it sent before is thrown away.</summary>
    public async Task ExpectResetAsync() => await Assert.ThrowsAsync<IOException>(ReadToEndAsync);

    /// <summary>Says that no byte follows (FIN); reading goes on.</summary>
    public void CompleteWrites()
    {
        if (_socket is null)
            InMemory.CompleteWrites();
        else
            _socket.Shutdown(SocketShutdown.Send);
    }

    /// <summary>As <see cref="CompleteWrites"/>, on a connection that may be lost.</summary>
    public void TryCompleteWrites()
    {
        try
        {
            CompleteWrites();
        }
        catch (SocketException)
        {
            // Reset by the server.
        }
    }

    /// <summary>Breaks the connection off (RST).</summary>
    public void Reset()
    {
        if (_socket is null)
            InMemory.Reset();
        else
            _socket.LingerState = new LingerOption(true, 0);
        _stream.Dispose();
    }

    public void Dispose() => _stream.Dispose();

    private async Task<RawResponse> ReadChunksAsync(string head)
    {
        var body = new MemoryStream();
        var sizes = new List<int>();
        byte[] data;
        while ((data = await ReadChunkAsync()).Length > 0)
        {
            sizes.Add(data.Length);
            body.Write(data);
        }
        return new RawResponse(head, body.ToArray()) { Chunks = sizes };
    }

    private async Task<int> FillAsync()
    {
        if (_start == _end)
            _start = _end = 0;
        if (_end == _buffer.Length)
            Array.Resize(ref _buffer, _buffer.Length * 2);
        int n = await ReceiveAsync(_buffer.AsMemory(_end));
        _end += n;
        return n;
    }

    private async Task<int> ReceiveAsync(Memory<byte> buffer)
    {
        using var limit = Deadline.Start();
        try
        {
            return await _stream.ReadAsync(buffer, limit.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"Nothing came from the server. Unread before: '{Unread}'.");
        }
    }
}
