using Millrace.Protocol.Semantics;

namespace Millrace.Protocol.Http1;

/// <summary>
/// The arbiter of the request line: looks at one byte after the other and speaks at the first that no proper request line
/// can have in that place. It keeps its place between calls, so a line dripped in byte by byte is looked at once.
///
/// Only a scanner names a fault of the bytes. <see cref="RequestLineParser"/> in front of it may only say "this is a
/// line"; whatever it declines comes here. That is why a fault does not depend on how the bytes were cut, and why the
/// parser can be as quick as it likes.
/// </summary>
internal struct RequestLineScanner
{
    private const int VersionLength = 8;

    private State _state;
    private int _emptyLines;
    private int _partStart;

    private enum State : byte
    {
        LineStart,
        EmptyLineEnd,
        Method,
        TargetStart,
        Target,
        Version,
        LineEnd,
    }

    /// <summary>Where the request line itself begins, behind the empty lines that were skipped.</summary>
    public int LineStart { get; private set; }

    public ProtocolFault Fault { get; private set; }

    /// <summary>Goes on at <paramref name="position"/> and moves it behind the last byte accepted.</summary>
    public ScanResult Scan(ReadOnlySpan<byte> message, Http1Limits limits, ref int position)
    {
        for (; position < message.Length; position++)
        {
            var isLast = _state == State.LineEnd;
            Fault = CheckLimits(position, limits);
            if (Fault == ProtocolFault.None)
                Fault = Step(message, position, limits);
            if (Fault != ProtocolFault.None)
                return ScanResult.Fault;
            if (isLast)
            {
                position++;
                return ScanResult.Line;
            }
        }

        return ScanResult.NeedMore;
    }

    private readonly ProtocolFault CheckLimits(int position, Http1Limits limits)
    {
        // RFC 9112 3: a target longer than the server wishes to parse is answered 414. A line in which no target has begun is no request line.
        if (position - LineStart >= limits.RequestLineBytesMax)
            return _state == State.Method ? ProtocolFault.BadMethod : ProtocolFault.RequestLineTooLong;
        return position >= limits.HeadBytesMax ? ProtocolFault.HeadTooLarge : ProtocolFault.None;
    }

    private ProtocolFault Step(ReadOnlySpan<byte> message, int position, Http1Limits limits)
    {
        var value = message[position];
        return _state switch
        {
            State.LineStart => StepLineStart(value, limits),
            State.EmptyLineEnd => StepEmptyLineEnd(value, position),
            State.Method => StepMethod(value, position),
            State.TargetStart => StepTarget(value, position, ifEnded: ProtocolFault.BadTarget),
            State.Target => StepTarget(value, position, ifEnded: ProtocolFault.BadVersion),
            State.Version => StepVersion(message, position),
            _ => value == (byte)'\n' ? ProtocolFault.None : ProtocolFault.BareCr,
        };
    }

    private ProtocolFault StepLineStart(byte value, Http1Limits limits)
    {
        if (AsciiSets.Token.Contains(value))
            return Go(State.Method);
        return value switch
        {
            // RFC 9112 2.2: at least one empty line in front of the request line is ignored; here a few.
            (byte)'\r' when _emptyLines < limits.EmptyLinesMax => Go(State.EmptyLineEnd),
            (byte)'\r' => ProtocolFault.TooManyEmptyLines,
            (byte)'\n' => ProtocolFault.BareLf,
            // RFC 8446 5.1: a TLS record of type handshake. Waiting for a line end here would be waiting for ever.
            0x16 => ProtocolFault.TlsOnPlainPort,
            _ => ProtocolFault.BadMethod,
        };
    }

    private ProtocolFault StepEmptyLineEnd(byte value, int position)
    {
        if (value != (byte)'\n')
            return ProtocolFault.BareCr;
        _emptyLines++;
        LineStart = position + 1;
        return Go(State.LineStart);
    }

    private ProtocolFault StepMethod(byte value, int position)
    {
        if (AsciiSets.Token.Contains(value))
            return ProtocolFault.None;
        if (value != (byte)' ')
            return value == (byte)'\n' ? ProtocolFault.BareLf : ProtocolFault.BadMethod;
        // RFC 9112 3: a method longer than any that is implemented is 501.
        return position - LineStart > Methods.LengthMax ? ProtocolFault.MethodTooLong : Go(State.TargetStart);
    }

    private ProtocolFault StepTarget(byte value, int position, ProtocolFault ifEnded)
    {
        if (AsciiSets.Target.Contains(value))
            return Go(State.Target);
        switch (value)
        {
            // RFC 9112 3: exactly one SP; a second one is an empty target.
            case (byte)' ' when _state == State.Target:
                _partStart = position + 1;
                return Go(State.Version);
            case (byte)'\r':
                return ifEnded;
            case (byte)'\n':
                return ProtocolFault.BareLf;
            default:
                return ProtocolFault.BadTarget;
        }
    }

    // RFC 9112 2.3: "HTTP/" DIGIT "." DIGIT, case-sensitive, followed by the line end at once.
    private ProtocolFault StepVersion(ReadOnlySpan<byte> message, int position)
    {
        var value = message[position];
        var index = position - _partStart;
        if (index == VersionLength)
            return value == (byte)'\r' ? StepVersionEnd(message) : Unexpected(value);
        var fits = index switch
        {
            5 or 7 => AsciiSets.IsDigit(value),
            6 => value == (byte)'.',
            _ => value == "HTTP/"u8[index],
        };
        if (!fits)
            return Unexpected(value);
        // RFC 9113 3.4: the connection preface, recognised before its own line end.
        return index == VersionLength - 1 && message[LineStart..].StartsWith("PRI * HTTP/2.0"u8)
            ? ProtocolFault.Http2OnPlainPort
            : ProtocolFault.None;
    }

    private ProtocolFault StepVersionEnd(ReadOnlySpan<byte> message)
    {
        // RFC 9110 15.6.6: a version that is well-formed and not spoken here is 505, a malformed one 400.
        var version = message.Slice(_partStart, VersionLength);
        return version.SequenceEqual("HTTP/1.1"u8) || version.SequenceEqual("HTTP/1.0"u8)
            ? Go(State.LineEnd)
            : ProtocolFault.UnsupportedVersion;
    }

    private static ProtocolFault Unexpected(byte value) => value == (byte)'\n' ? ProtocolFault.BareLf : ProtocolFault.BadVersion;

    private ProtocolFault Go(State state)
    {
        _state = state;
        return ProtocolFault.None;
    }
}
