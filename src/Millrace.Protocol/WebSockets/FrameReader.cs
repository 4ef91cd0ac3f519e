using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Millrace.Protocol.WebSockets;

/// <summary>
/// Bytes of a client in, messages and control frames out (RFC 6455 section 5).
///
/// The caller shows what it received, is told how much of it was used, and shows the rest again with what came behind it. Payload is unmasked
/// where it lies and handed out piece by piece as it comes; nothing is copied or kept. A fault is final, comes as soon as it is
/// certain (a length is judged when it is announced, a text at its first wrong byte), and is the same however the bytes were cut.
/// </summary>
/// <param name="messageBytesMax">Most bytes of a message; a compressed one may be a little longer, because what does not shrink grows.</param>
/// <param name="fragmentsMax">Most frames of a message.</param>
/// <param name="compression">Whether messages may be compressed (RFC 7692).</param>
internal struct FrameReader(long messageBytesMax, int fragmentsMax, bool compression)
{
    public const int HeaderBytesMax = 14;
    public const int ControlBytesMax = 125;

    private const int FinalBit = 0x80;
    private const int CompressedBit = 0x40;
    private const int OtherReservedBits = 0x30;
    private const int MaskBit = 0x80;
    private const int ControlBit = 8;
    private const int MaskBytes = 4;

    // The message: Continuation means that there is none.
    private Opcode _message;
    private bool _isCompressed;
    private bool _isFinal;
    private int _fragments;
    private long _messageBytes;
    private Utf8Check _text;

    // The frame of the message that is being read.
    private bool _isInFrame;
    private long _left;
    private uint _mask;

    public WebSocketFault Fault { get; private set; }

    /// <summary>Of the control frame, or of the message that the piece belongs to.</summary>
    public Opcode Opcode { get; private set; }

    /// <summary>The message that the piece belongs to is compressed.</summary>
    public bool IsCompressed { get; private set; }

    /// <summary>The message ends with this piece.</summary>
    public bool IsMessageEnd { get; private set; }

    /// <summary>Bytes of payload that are still to come in the frame of a message.</summary>
    public readonly long FrameBytesLeft => _left;

    /// <summary>Looks at what came; <paramref name="start"/> and <paramref name="length"/> say where the payload lies, unmasked.</summary>
    public FrameStep Read(Span<byte> bytes, out int consumed, out int start, out int length)
    {
        consumed = start = length = 0;
        if (Fault != WebSocketFault.None)
            return FrameStep.Fault;
        if (!_isInFrame)
        {
            if (bytes.Length < 2)
                return FrameStep.NeedMore;
            if ((bytes[0] & ControlBit) != 0)
                return ReadControl(bytes, out consumed, out start, out length);
            var step = BeginFrame(bytes, out consumed);
            if (step != FrameStep.Payload)
                return step;
        }
        return ReadPayload(bytes, ref consumed, out start, out length);
    }

    /// <summary>
    /// True if the bytes begin with a frame that is all there. It may be a wrong one.
    /// </summary>
    public static bool StartsWithFrame(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 2 + MaskBytes)
            return false;
        int length = bytes[1] & ~MaskBit;
        return length < 126
            ? bytes.Length >= 2 + MaskBytes + length
            : length == 126 && bytes.Length >= 4 + MaskBytes + BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
    }

    private FrameStep ReadControl(Span<byte> bytes, out int consumed, out int start, out int length)
    {
        consumed = start = length = 0;
        int size = bytes[1] & ~MaskBit;
        var opcode = (Opcode)(bytes[0] & 0x0F);
        var fault = (bytes[0] & (CompressedBit | OtherReservedBits)) != 0 ? WebSocketFault.ReservedBits
            : opcode > Opcode.Pong ? WebSocketFault.ReservedOpcode
            : (bytes[0] & FinalBit) == 0 ? WebSocketFault.ControlFragmented
            : (bytes[1] & MaskBit) == 0 ? WebSocketFault.NotMasked
            : size > ControlBytesMax ? WebSocketFault.ControlTooLong
            : WebSocketFault.None;
        if (fault != WebSocketFault.None)
            return Fail(fault);
        if (bytes.Length < 2 + MaskBytes + size)
            return FrameStep.NeedMore;
        start = 2 + MaskBytes;
        length = size;
        consumed = start + length;
        FrameMask.Apply(bytes.Slice(start, length), MemoryMarshal.Read<uint>(bytes[2..]));
        Opcode = opcode;
        return FrameStep.Control;
    }

    /// <summary>Reads the header of a frame of a message; <see cref="FrameStep.Payload"/> if it is whole and proper.</summary>
    private FrameStep BeginFrame(Span<byte> bytes, out int consumed)
    {
        consumed = 0;
        var opcode = (Opcode)(bytes[0] & 0x0F);
        bool isCompressed = (bytes[0] & CompressedBit) != 0;
        var fault = (bytes[0] & OtherReservedBits) != 0 || (isCompressed && (!compression || opcode == Opcode.Continuation)) ? WebSocketFault.ReservedBits
            : opcode > Opcode.Binary ? WebSocketFault.ReservedOpcode
            : (bytes[1] & MaskBit) == 0 ? WebSocketFault.NotMasked
            : opcode == Opcode.Continuation && _message == Opcode.Continuation ? WebSocketFault.NothingToContinue
            : opcode != Opcode.Continuation && _message != Opcode.Continuation ? WebSocketFault.MessageInterrupted
            : WebSocketFault.None;
        if (fault != WebSocketFault.None)
            return Fail(fault);
        int header = (bytes[1] & ~MaskBit) switch { 126 => 4, 127 => 10, _ => 2 };
        if (bytes.Length < header)
            return FrameStep.NeedMore;
        ulong length = header switch
        {
            4 => BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]),
            10 => BinaryPrimitives.ReadUInt64BigEndian(bytes[2..]),
            _ => (ulong)(bytes[1] & ~MaskBit),
        };
        fault = CheckSize(length, header, isCompressed || (opcode == Opcode.Continuation && _isCompressed));
        if (fault != WebSocketFault.None)
            return Fail(fault);
        if (bytes.Length < header + MaskBytes)
            return FrameStep.NeedMore;
        if (opcode != Opcode.Continuation)
            (_message, _isCompressed, _text) = (opcode, isCompressed, default);
        _fragments++;
        _messageBytes += (long)length;
        _isFinal = (bytes[0] & FinalBit) != 0;
        _mask = MemoryMarshal.Read<uint>(bytes[header..]);
        _left = (long)length;
        _isInFrame = true;
        consumed = header + MaskBytes;
        return FrameStep.Payload;
    }

    private readonly WebSocketFault CheckSize(ulong length, int header, bool isOfCompressed) =>
        length >> 63 != 0 ? WebSocketFault.LengthTooLong
        // RFC 6455 section 5.2: the fewest bytes.
        : (header == 4 && length < 126) || (header == 10 && length <= ushort.MaxValue) ? WebSocketFault.LengthNotMinimal
        : (long)length > messageBytesMax + (isOfCompressed ? Growth(messageBytesMax) : 0) - _messageBytes ? WebSocketFault.MessageTooLarge
        : _fragments >= fragmentsMax ? WebSocketFault.TooManyFragments
        : WebSocketFault.None;

    /// <summary>How much DEFLATE may add at worst: the longest codes are fixed ones, of nine bits.</summary>
    private static long Growth(long bytes) => (bytes / 8) + 64;

    private FrameStep ReadPayload(Span<byte> bytes, ref int consumed, out int start, out int length)
    {
        start = consumed;
        length = (int)Math.Min(_left, bytes.Length - start);
        if (length == 0 && _left > 0)
            return FrameStep.NeedMore;
        consumed += length;
        _left -= length;
        _isInFrame = _left > 0;
        (Opcode, IsCompressed, IsMessageEnd) = (_message, _isCompressed, _isFinal && !_isInFrame);
        var payload = bytes.Slice(start, length);
        _mask = FrameMask.Apply(payload, _mask);
        if (_message == Opcode.Text && !_isCompressed && !(_text.Add(payload) && (!IsMessageEnd || _text.IsComplete)))
            return Fail(WebSocketFault.NotUtf8);
        if (IsMessageEnd)
            (_message, _fragments, _messageBytes) = (Opcode.Continuation, 0, 0);
        return FrameStep.Payload;
    }

    private FrameStep Fail(WebSocketFault fault)
    {
        Fault = fault;
        return FrameStep.Fault;
    }
}
