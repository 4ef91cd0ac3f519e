using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Millrace.Benchmarks;

/// <summary>One WebSocket of a server's /ws, whose messages come back. Its frames are made once, so that the client costs little beside the server.</summary>
internal sealed class EchoConnection : IDisposable
{
    private const int PayloadBytes = 32;

    // RFC 6455 section 5.2: a whole text; the mask of a client is four bytes, here zeros.
    private static readonly byte[] Message = [0x81, 0x80 | PayloadBytes, 0, 0, 0, 0, .. Payload];
    private static readonly byte[] Echo = [0x81, PayloadBytes, .. Payload];

    private static readonly byte[] Handshake = Encoding.ASCII.GetBytes(
        "GET /ws HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveTimeout = 10_000 };
    private readonly byte[] _buffer = new byte[512];

    /// <exception cref="ComparisonException">The server does not open a WebSocket.</exception>
    public EchoConnection(int port)
    {
        _socket.Connect(IPAddress.Loopback, port);
        _socket.Send(Handshake);
        int filled = 0;
        while (_buffer.AsSpan(0, filled).IndexOf("\r\n\r\n"u8) < 0)
        {
            int received = _socket.Receive(_buffer.AsSpan(filled));
            filled += received > 0 ? received : throw new ComparisonException("A server closed a connection that was to be a WebSocket.");
        }
        if (!_buffer.AsSpan(0, filled).StartsWith("HTTP/1.1 101 "u8))
            throw new ComparisonException($"A server opens no WebSocket:\n{Encoding.Latin1.GetString(_buffer, 0, filled)}");
    }

    private static ReadOnlySpan<byte> Payload => "A message of thirty-two letters."u8;

    /// <summary>Sends a message and waits until it is back.</summary>
    public void Ask()
    {
        _socket.Send(Message);
        int filled = 0;
        while (filled < Echo.Length)
            filled += Checked(_socket.Receive(_buffer.AsSpan(filled)));
        Check(filled);
    }

    /// <summary>As <see cref="Ask"/>, without holding a thread.</summary>
    public async ValueTask AskAsync(CancellationToken cancellationToken)
    {
        await _socket.SendAsync(Message, cancellationToken);
        int filled = 0;
        while (filled < Echo.Length)
            filled += Checked(await _socket.ReceiveAsync(_buffer.AsMemory(filled), cancellationToken));
        Check(filled);
    }

    public void Dispose() => _socket.Dispose();

    private static int Checked(int received) => received > 0 ? received : throw new ComparisonException("A server closed a WebSocket that was to be kept.");

    private void Check(int filled)
    {
        if (!_buffer.AsSpan(0, filled).SequenceEqual(Echo))
            throw new ComparisonException($"A message came back as {Convert.ToHexString(_buffer, 0, filled)}.");
    }
}
