using System.Text.Unicode;
using Millrace.Protocol.WebSockets;

namespace Millrace.Connections;

/// <summary>Messages that are compressed (RFC 7692). Without context nothing is kept from one to the next.</summary>
internal sealed partial class Http1WebSocket
{
    // What a message usually grows to; more room is made as it is needed.
    private const int InflatedFactor = 4;

    // It serves one message after the other, whosever they are: a thread needs one.
    [ThreadStatic]
    private static MessageInflater? _inflater;

    // Null where there is no context, or none yet.
    private InflateWindow? _window;
    private MessageDeflater? _deflater;

    // The message in fragments that is open is compressed.
    private bool _deflatesFragments;

    /// <summary>Decompresses a message into <see cref="_collected"/>.</summary>
    private WebSocketFault Inflate(ReadOnlySpan<byte> message)
    {
        var deflate = _options.Deflate!;
        if (deflate.KeepsClientContext)
            _window ??= new InflateWindow(deflate.ClientWindowBits);
        var inflater = _inflater ??= new MessageInflater();
        inflater.Begin(_window);
        var content = new CollectedBytes(Buffers);
        long wanted = (long)message.Length * InflatedFactor;
        InflateStep step;
        bool isFull;
        do
        {
            var room = content.Enlarge(wanted, _options.MessageBytesMax);
            step = inflater.Read(message, room);
            content.Filled(inflater.Written - content.Count);
            isFull = room.Length == _options.MessageBytesMax;
            wanted = room.Length * 2L;
        }
        while (step == InflateStep.NeedRoom && !isFull);
        var fault = step == InflateStep.NeedRoom ? WebSocketFault.MessageTooLarge
            : step == InflateStep.Fault ? WebSocketFault.NotDeflate
            : _frames.Opcode == Opcode.Text && !Utf8.IsValid(content.Written.Span) ? WebSocketFault.NotUtf8
            : WebSocketFault.None;
        _collected.Release();
        _collected = content;
        return fault;
    }

    private bool IsWorthDeflating(int length) => _options.Deflate is not null && length >= _options.MessageCompression!.MessageBytesMin;

    /// <summary>True for the first frame of a message that is to be compressed: the bit for it stands there and nowhere else (section 6.1).</summary>
    private bool StartsCompressed(Opcode opcode, bool isFinal, int length)
    {
        if (opcode is not (Opcode.Text or Opcode.Binary) || !IsWorthDeflating(length))
            return false;
        _deflatesFragments = !isFinal;
        return true;
    }

    private ReadOnlyMemory<byte> Deflate(ReadOnlySpan<byte> payload, bool endsMessage)
    {
        _deflater ??= new MessageDeflater(_options.Deflate!.ServerWindowBits);
        var compressed = _deflater.Deflate(payload, endsMessage);
        if (!endsMessage)
            return compressed;
        _deflatesFragments = false;
        if (!_options.Deflate!.KeepsServerContext)
            ForgetServerContext();
        return compressed;
    }

    /// <summary>The form of a shared message that was agreed on here.</summary>
    private byte[] FormOf(SharedFrame frame)
    {
        if (!IsWorthDeflating(frame.PayloadLength))
            return frame.Plain;
        // Its content stands in the client's window and not in ours, so nothing may refer back over it.
        ForgetServerContext();
        return frame.Compressed(_options.Deflate!.ServerWindowBits);
    }

    private void ForgetServerContext()
    {
        _deflater?.Dispose();
        _deflater = null;
    }

    private void ForgetContexts()
    {
        ForgetServerContext();
        _window = null;
    }
}
