using Millrace.Protocol.Semantics;

namespace Millrace.Protocol.Http1;

/// <summary>
/// The line in front of a chunk (RFC 9112 7.1): <c>chunk-size [ chunk-ext ] CRLF</c>. Consumes its bytes as they come, so nothing
/// of it needs to be kept. Extensions are checked and forgotten: a recipient must ignore those it does not know (7.1.1),
/// but what is no extension is refused, for readers have differed on where such a line ends (CVE-2024-52304, CVE-2025-55315).
/// </summary>
internal struct ChunkLineScanner
{
    /// <summary>Sixteen hold every size a long can have; more, even zeros, are only ever an attempt at an overflow.</summary>
    private const int DigitsMax = 16;

    private State _state;
    private int _digits;
    private int _lineBytes;
    private int _extensionBytes;

    private enum State : byte
    {
        SizeStart,
        Size,
        SizeBlank,
        NameStart,
        Name,
        NameBlank,
        ValueStart,
        Value,
        Quoted,
        QuotedEscape,
        QuotedEnd,
        ValueBlank,
        LineEnd,
    }

    public long Size { get; private set; }

    public ProtocolFault Fault { get; private set; }

    public ScanResult Scan(ReadOnlySpan<byte> input, Http1Limits limits, ref int position)
    {
        while (position < input.Length)
        {
            var value = input[position];
            var isLast = _state == State.LineEnd;
            Fault = ++_lineBytes > limits.ChunkLineBytesMax ? ProtocolFault.ChunkLineTooLong : Step(value);
            if (Fault == ProtocolFault.None && _state is not (State.SizeStart or State.Size or State.LineEnd)
                && ++_extensionBytes > limits.ChunkExtensionBytesMax)
            {
                Fault = ProtocolFault.ChunkExtensionsTooLarge;
            }

            if (Fault != ProtocolFault.None)
                return ScanResult.Fault;
            position++;
            if (!isLast)
                continue;
            _lineBytes = 0;
            return ScanResult.Line;
        }

        return ScanResult.NeedMore;
    }

    private ProtocolFault Step(byte value) => _state switch
    {
        State.SizeStart => StepSizeStart(value),
        State.Size => StepSize(value),
        State.SizeBlank => StepBlank(value, ProtocolFault.BadChunkSize),
        State.NameStart => StepStart(value, State.Name),
        State.Name => StepName(value),
        State.NameBlank => value == (byte)'=' ? Go(State.ValueStart) : StepBlank(value, ProtocolFault.BadChunkExtension),
        State.ValueStart => value == (byte)'"' ? Go(State.Quoted) : StepStart(value, State.Value),
        State.Value => AsciiSets.Token.Contains(value) ? ProtocolFault.None : StepValueEnd(value),
        State.Quoted => StepQuoted(value),
        State.QuotedEscape => AsciiSets.FieldValue.Contains(value) ? Go(State.Quoted) : Wrong(value, ProtocolFault.BadChunkExtension),
        State.QuotedEnd => StepValueEnd(value),
        State.ValueBlank => StepBlank(value, ProtocolFault.BadChunkExtension),
        _ => value == (byte)'\n' ? Go(State.SizeStart) : ProtocolFault.BareCr,
    };

    private ProtocolFault StepSizeStart(byte value)
    {
        Size = AsciiSets.HexValue(value);
        _digits = 1;
        return Size >= 0 ? Go(State.Size) : Wrong(value, ProtocolFault.BadChunkSize);
    }

    private ProtocolFault StepSize(byte value)
    {
        var digit = AsciiSets.HexValue(value);
        if (digit < 0)
        {
            return value switch
            {
                (byte)'\r' => Go(State.LineEnd),
                (byte)';' => Go(State.NameStart),
                (byte)' ' or (byte)'\t' => Go(State.SizeBlank),
                _ => Wrong(value, ProtocolFault.BadChunkSize),
            };
        }

        // RFC 9112 7.1: "a recipient MUST anticipate potentially large hexadecimal numerals".
        if (++_digits > DigitsMax || Size > long.MaxValue >> 4)
            return ProtocolFault.ChunkSizeTooLarge;
        Size = (Size << 4) | (uint)digit;
        return ProtocolFault.None;
    }

    // RFC 9110 5.6.3: bad white space is parsed where the grammar names it, in front of ";" and around "=", and nowhere else.
    private ProtocolFault StepBlank(byte value, ProtocolFault otherwise)
    {
        if (AsciiSets.IsBlank(value))
            return ProtocolFault.None;
        return value == (byte)';' ? Go(State.NameStart) : Wrong(value, otherwise);
    }

    private ProtocolFault StepStart(byte value, State next)
    {
        if (AsciiSets.IsBlank(value))
            return ProtocolFault.None;
        return AsciiSets.Token.Contains(value) ? Go(next) : Wrong(value, ProtocolFault.BadChunkExtension);
    }

    private ProtocolFault StepName(byte value)
    {
        if (AsciiSets.Token.Contains(value))
            return ProtocolFault.None;
        return value switch
        {
            (byte)'=' => Go(State.ValueStart),
            (byte)';' => Go(State.NameStart),
            (byte)'\r' => Go(State.LineEnd),
            (byte)' ' or (byte)'\t' => Go(State.NameBlank),
            _ => Wrong(value, ProtocolFault.BadChunkExtension),
        };
    }

    private ProtocolFault StepValueEnd(byte value) => value switch
    {
        (byte)';' => Go(State.NameStart),
        (byte)'\r' => Go(State.LineEnd),
        (byte)' ' or (byte)'\t' => Go(State.ValueBlank),
        _ => Wrong(value, ProtocolFault.BadChunkExtension),
    };

    private ProtocolFault StepQuoted(byte value)
    {
        if (AsciiSets.IsQuotedText(value))
            return ProtocolFault.None;
        return value switch
        {
            (byte)'"' => Go(State.QuotedEnd),
            (byte)'\\' => Go(State.QuotedEscape),
            _ => Wrong(value, ProtocolFault.BadChunkExtension),
        };
    }

    private static ProtocolFault Wrong(byte value, ProtocolFault otherwise) => value == (byte)'\n' ? ProtocolFault.BareLf : otherwise;

    private ProtocolFault Go(State state)
    {
        _state = state;
        return ProtocolFault.None;
    }
}
