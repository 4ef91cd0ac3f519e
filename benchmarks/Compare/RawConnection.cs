using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Millrace.Benchmarks;

/// <summary>A connection that sends given bytes and counts the answers, for what HttpClient cannot do: pipelining, pacing, thousands at once.</summary>
internal sealed class RawConnection : IDisposable
{
    // Small, because there may be thousands; it holds the answers to all that is pipelined at once.
    private readonly byte[] _buffer = new byte[8 * 1024];
    private int _filled;

    public RawConnection(int port)
    {
        Socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveTimeout = 10_000 };
        Socket.Connect(IPAddress.Loopback, port);
    }

    public Socket Socket { get; }

    private static ReadOnlySpan<byte> LengthField => "\r\nContent-Length: "u8;

    /// <summary>Asks once and waits for the answer.</summary>
    public void Ask(string target)
    {
        Send(Encoding.ASCII.GetBytes($"GET {target} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"));
        while (Receive() == 0)
        {
        }
    }

    public void Send(ReadOnlySpan<byte> request) => Socket.Send(request);

    /// <summary>Waits for bytes and returns the number of answers they complete.</summary>
    /// <exception cref="ComparisonException">An answer is not a 200 with a Content-Length, or the connection has ended.</exception>
    public int Receive()
    {
        int received = Socket.Receive(_buffer.AsSpan(_filled));
        if (received == 0)
            throw new ComparisonException("A server closed a connection that was to be kept.");
        _filled += received;

        int answers = 0;
        int taken = 0;
        while (LengthOfFirst(_buffer.AsSpan(taken, _filled - taken)) is { } length)
        {
            taken += length;
            answers++;
        }
        _buffer.AsSpan(taken, _filled - taken).CopyTo(_buffer);
        _filled -= taken;
        return answers;
    }

    public void Dispose() => Socket.Dispose();

    /// <summary>The length of the first answer, where all of it is there.</summary>
    private static int? LengthOfFirst(ReadOnlySpan<byte> bytes)
    {
        int headEnd = bytes.IndexOf("\r\n\r\n"u8);
        if (headEnd < 0)
            return null;
        var head = bytes[..headEnd];
        int field = head.IndexOf(LengthField);
        if (!head.StartsWith("HTTP/1.1 200 "u8) || field < 0 || !Utf8Parser.TryParse(head[(field + LengthField.Length)..], out int bodyLength, out _))
            throw new ComparisonException($"An answer is not a 200 with a length:\n{Encoding.Latin1.GetString(head)}");
        int length = headEnd + "\r\n\r\n"u8.Length + bodyLength;
        return length <= bytes.Length ? length : null;
    }
}
