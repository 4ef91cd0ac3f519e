using Millrace.Protocol.Semantics;

namespace Millrace.Protocol.Http1;

/// <summary>
/// The arbiter of field lines, in heads and in trailer sections: byte by byte, each looked at once, a fault named at the
/// byte that makes it one. See <see cref="RequestLineScanner"/> for why the quick way never names a fault.
/// </summary>
internal struct FieldLineScanner(int sectionBytesMax, ProtocolFault sectionFault)
{
    private readonly int _sectionBytesMax = sectionBytesMax;
    private readonly ProtocolFault _sectionFault = sectionFault;
    private State _state;
    private int _lineStart;

    private enum State : byte
    {
        LineStart,
        EmptyLineEnd,
        Name,
        Value,
        LineEnd,
    }

    public ProtocolFault Fault { get; private set; }

    /// <summary>Goes on at <paramref name="position"/> and moves it behind the last byte accepted; <paramref name="count"/> fields were taken before.</summary>
    public ScanResult Scan(ReadOnlySpan<byte> section, Http1Limits limits, int count, ref int position)
    {
        if (_state == State.LineStart)
            _lineStart = position;
        for (; position < section.Length; position++)
        {
            var before = _state;
            Fault = CheckLimits(position, limits);
            if (Fault == ProtocolFault.None)
                Fault = Step(section[position], count, limits);
            if (Fault != ProtocolFault.None)
                return ScanResult.Fault;
            if (_state != State.LineStart)
                continue;
            position++;
            return before == State.LineEnd ? ScanResult.Line : ScanResult.EndOfSection;
        }

        return ScanResult.NeedMore;
    }

    private readonly ProtocolFault CheckLimits(int position, Http1Limits limits)
    {
        if (position - _lineStart >= limits.FieldBytesMax)
            return ProtocolFault.FieldTooLarge;
        return position >= _sectionBytesMax ? _sectionFault : ProtocolFault.None;
    }

    private ProtocolFault Step(byte value, int count, Http1Limits limits) => _state switch
    {
        State.LineStart => StepLineStart(value, count, limits),
        State.Name => StepName(value),
        State.Value => StepValue(value),
        _ => value == (byte)'\n' ? Go(State.LineStart) : ProtocolFault.BareCr,
    };

    private ProtocolFault StepLineStart(byte value, int count, Http1Limits limits)
    {
        if (value == (byte)'\r')
            return Go(State.EmptyLineEnd);
        if (value == (byte)'\n')
            return ProtocolFault.BareLf;
        // RFC 9112 5.2: obs-fold in a request is answered 400; RFC 9112 2.2: so is white space before the first field.
        if (AsciiSets.IsBlank(value))
            return ProtocolFault.ObsoleteFolding;
        if (!AsciiSets.Token.Contains(value))
            return ProtocolFault.BadFieldName;
        return count < limits.FieldCountMax ? Go(State.Name) : ProtocolFault.TooManyFields;
    }

    private ProtocolFault StepName(byte value)
    {
        if (value == (byte)':')
            return Go(State.Value);
        if (AsciiSets.Token.Contains(value))
            return ProtocolFault.None;
        // RFC 9112 5.1: white space between name and colon is answered 400, for it has been read as two names.
        return value == (byte)'\n' ? ProtocolFault.BareLf : ProtocolFault.BadFieldName;
    }

    private ProtocolFault StepValue(byte value) => value switch
    {
        (byte)'\r' => Go(State.LineEnd),
        // RFC 9112 2.2 lets a lone LF end a line; two readers that differ there see two requests (CVE-2023-37276).
        (byte)'\n' => ProtocolFault.BareLf,
        _ => AsciiSets.FieldValue.Contains(value) ? ProtocolFault.None : ProtocolFault.BadFieldValue,
    };

    private ProtocolFault Go(State state)
    {
        _state = state;
        return ProtocolFault.None;
    }
}
