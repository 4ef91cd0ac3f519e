using Millrace.Protocol.Semantics;

namespace Millrace.Protocol.Http1;

/// <summary>
/// The chunked transfer coding (RFC 9112 7.1): lines that announce a size, that many bytes, CRLF; a size of zero, the trailer
/// section, done.
///
/// Everything is consumed as it comes, one byte if one byte is there: between two calls stand a state, a size and a few
/// counters, never a partial line. Framing that is done with is never looked at again, so a body cut into chunks of one
/// byte costs a few steps per byte and no object (CVE-2025-69229), and a line that never ends is stopped by its limit and
/// not by the caller's buffer. Only trailers are stored, within their limits.
///
/// The body is over behind the empty line of the trailer section and not one byte earlier or later: all smuggling in chunked
/// bodies is two readers placing that point differently. Hence CRLF only, sizes of plain hexadecimal digits, extensions by
/// their grammar, and no forgiveness anywhere.
/// </summary>
internal sealed class ChunkedBody(Http1Limits limits) : Http1Body
{
    private readonly TrailerSection _trailers = new(limits);
    private ChunkLineScanner _line;
    private Phase _phase;
    private long _left;

    private enum Phase : byte
    {
        Line,
        Data,
        DataCr,
        DataLf,
        Trailers,
        Complete,
        Fault,
    }

    public override bool IsComplete => _phase == Phase.Complete;

    public override long ReadableWithoutFraming => _phase == Phase.Data ? _left : 0;

    /// <summary>The trailers, once the body is complete; they stay until the next <see cref="Start"/>.</summary>
    public FieldTable Trailers => _trailers.Table;

    /// <summary>What the slices of <see cref="Trailers"/> refer to.</summary>
    public ReadOnlySpan<byte> TrailerBytes => _trailers.Bytes;

    public void Start()
    {
        Fault = ProtocolFault.None;
        _line = default;
        _phase = Phase.Line;
        _left = 0;
        _trailers.Reset();
    }

    public override BodyStep Read(ReadOnlySpan<byte> input, out int consumed, out int dataStart, out int dataLength)
    {
        consumed = dataStart = dataLength = 0;
        // Each turn consumes input, ends a phase or leaves.
        while (true)
        {
            switch (_phase)
            {
                case Phase.Line:
                    var line = _line.Scan(input, limits, ref consumed);
                    if (line != ScanResult.Line)
                        return line == ScanResult.Fault ? Fail(_line.Fault) : BodyStep.NeedMore;
                    _left = _line.Size;
                    _phase = _left == 0 ? Phase.Trailers : Phase.Data;
                    break;
                case Phase.Data:
                    dataStart = consumed;
                    dataLength = (int)Math.Min(_left, input.Length - consumed);
                    if (dataLength == 0)
                        return BodyStep.NeedMore;
                    consumed += dataLength;
                    Skip(dataLength);
                    return BodyStep.Data;
                case Phase.DataCr or Phase.DataLf:
                    if (consumed == input.Length)
                        return BodyStep.NeedMore;
                    if (input[consumed] != (_phase == Phase.DataCr ? (byte)'\r' : (byte)'\n'))
                        return Fail(ProtocolFault.ChunkDataNotTerminated);
                    consumed++;
                    _phase = _phase == Phase.DataCr ? Phase.DataLf : Phase.Line;
                    break;
                case Phase.Trailers:
                    return ReadTrailers(input, ref consumed);
                case Phase.Complete:
                    return BodyStep.Complete;
                default:
                    return BodyStep.Fault;
            }
        }
    }

    public override void Skip(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, ReadableWithoutFraming);
        _left -= count;
        if (_phase == Phase.Data && _left == 0)
            _phase = Phase.DataCr;
    }

    private BodyStep ReadTrailers(ReadOnlySpan<byte> input, ref int consumed)
    {
        var result = _trailers.Read(input, ref consumed);
        if (result == ScanResult.NeedMore)
            return BodyStep.NeedMore;
        if (result == ScanResult.Fault)
            return Fail(_trailers.Fault);
        _phase = Phase.Complete;
        return BodyStep.Complete;
    }

    private BodyStep Fail(ProtocolFault fault)
    {
        Fault = fault;
        _phase = Phase.Fault;
        return BodyStep.Fault;
    }
}
