using Millrace.Protocol.Http1;
using Millrace.Protocol.Semantics;

namespace Millrace.Protocol.Multipart;

/// <summary>
/// A multipart body (RFC 2046 5.1.1) taken apart: bytes in, heads and data out. Every call consumes, or says that it needs more or that the body is
/// malformed (CVE-2024-30251, CVE-2025-69227). Data is found by a search for the whole delimiter at vector speed and never copied.
/// </summary>
/// <remarks>
/// Strict where leniency would let two readers see two bodies: a delimiter ends with CRLF or <c>--</c>, with nothing but a little white space before, and a
/// line that begins with the delimiter and goes on otherwise is malformed.
/// </remarks>
internal sealed class MultipartMachine
{
    // Transport padding (RFC 2046 5.1.1): nobody sends any, and it must not be endless.
    private const int PaddingMax = 64;

    private readonly byte[] _delimiter;
    private readonly MultipartLimits _limits;
    private State _state = State.LineStart;
    private bool _inPart;
    private int _parts;
    private int _preamble;

    /// <summary>Reads a body with that boundary, which <see cref="BoundarySyntax"/> has found proper.</summary>
    public MultipartMachine(string boundary, MultipartLimits limits)
    {
        _delimiter = System.Text.Encoding.ASCII.GetBytes("\r\n--" + boundary);
        _limits = limits;
        Head = new PartHead(limits.Head);
    }

    private enum State : byte
    {
        /// <summary>Where the delimiter may stand without its CRLF: at the start of the body, and of data that is empty.</summary>
        LineStart,
        Preamble,
        Data,
        DelimiterEnd,
        Head,
        Epilogue,
        Fault,
    }

    public ProtocolFault Fault { get; private set; }

    /// <summary>The head of the part, from <see cref="MultipartStep.Part"/> on to the next.</summary>
    public PartHead Head { get; }

    /// <summary>Most bytes that <see cref="Read"/> leaves for the next call: a buffer must hold more.</summary>
    public int UnconsumedMax => _delimiter.Length + PaddingMax + 2;

    /// <summary>Takes what it can of the input. Of <see cref="MultipartStep.Data"/>, the data lies at <paramref name="start"/>.</summary>
    public MultipartStep Read(ReadOnlySpan<byte> input, out int consumed, out int start, out int length)
    {
        (consumed, start, length) = (0, 0, 0);
        while (true)
        {
            var rest = input[consumed..];
            var state = _state;
            var step = state switch
            {
                State.LineStart => ReadLineStart(rest, ref consumed),
                State.Preamble => ReadPreamble(rest, ref consumed),
                State.Data => ReadData(rest, ref consumed, out start, out length),
                State.DelimiterEnd => ReadDelimiterEnd(rest, ref consumed),
                State.Head => ReadHead(rest, ref consumed),
                State.Epilogue => MultipartStep.Complete,
                _ => MultipartStep.Fault,
            };
            if (step == MultipartStep.Complete)
                consumed = input.Length;
            // A change of state is progress: the next one may have enough.
            if (step != MultipartStep.NeedMore || _state == state)
                return step;
        }
    }

    /// <summary>Nothing follows; true if that is well.</summary>
    public bool End() => _state == State.Epilogue || Fail(ProtocolFault.MultipartCutOff) != MultipartStep.Fault;

    private MultipartStep ReadLineStart(ReadOnlySpan<byte> rest, ref int consumed)
    {
        ReadOnlySpan<byte> line = _delimiter.AsSpan(2);
        if (rest.StartsWith(line))
            return TakeDelimiter(line.Length, ref consumed);
        if (!line.StartsWith(rest))
            _state = _inPart ? State.Data : State.Preamble;
        return MultipartStep.NeedMore;
    }

    private MultipartStep ReadPreamble(ReadOnlySpan<byte> rest, ref int consumed)
    {
        int found = rest.IndexOf(_delimiter);
        int skipped = found >= 0 ? found : rest.Length - HeldBack(rest);
        consumed += skipped;
        _preamble += skipped;
        if (_preamble > _limits.Head.HeadBytesMax)
            return Fail(ProtocolFault.HeadTooLarge);
        return found < 0 ? MultipartStep.NeedMore : TakeDelimiter(_delimiter.Length, ref consumed);
    }

    private MultipartStep ReadData(ReadOnlySpan<byte> rest, ref int consumed, out int start, out int length)
    {
        int found = rest.IndexOf(_delimiter);
        start = consumed;
        length = found >= 0 ? found : rest.Length - HeldBack(rest);
        consumed += length;
        if (length > 0)
            return MultipartStep.Data;
        return found < 0 ? MultipartStep.NeedMore : TakeDelimiter(_delimiter.Length, ref consumed);
    }

    private MultipartStep TakeDelimiter(int length, ref int consumed)
    {
        consumed += length;
        _state = State.DelimiterEnd;
        if (!_inPart)
            return MultipartStep.NeedMore;
        _inPart = false;
        return MultipartStep.PartEnd;
    }

    private MultipartStep ReadDelimiterEnd(ReadOnlySpan<byte> rest, ref int consumed)
    {
        if (rest.StartsWith("--"u8))
        {
            _state = State.Epilogue;
            return MultipartStep.Complete;
        }
        int padding = 0;
        while (padding < rest.Length && AsciiSets.IsBlank(rest[padding]))
            padding++;
        if (padding > PaddingMax)
            return Fail(ProtocolFault.BadMultipartDelimiter);
        var end = rest[padding..];
        if (end.StartsWith("\r\n"u8))
        {
            if (++_parts > _limits.PartsMax)
                return Fail(ProtocolFault.TooManyParts);
            consumed += padding + 2;
            _state = State.Head;
            Head.Start();
            return MultipartStep.NeedMore;
        }
        bool mayGoOn = end.IsEmpty || (end.Length == 1 && (end[0] == '\r' || (padding == 0 && end[0] == '-')));
        return mayGoOn ? MultipartStep.NeedMore : Fail(ProtocolFault.BadMultipartDelimiter);
    }

    private MultipartStep ReadHead(ReadOnlySpan<byte> rest, ref int consumed)
    {
        var result = Head.Read(rest, out int taken);
        consumed += taken;
        if (result == ScanResult.Fault)
            return Fail(Head.Fault);
        if (result == ScanResult.NeedMore)
            return MultipartStep.NeedMore;
        _state = State.LineStart;
        _inPart = true;
        return MultipartStep.Part;
    }

    /// <summary>How many bytes at the end may begin a delimiter. Only its first byte is a CR, so the last CR there is decides.</summary>
    private int HeldBack(ReadOnlySpan<byte> rest)
    {
        var tail = rest[Math.Max(0, rest.Length - _delimiter.Length + 1)..];
        int at = tail.LastIndexOf((byte)'\r');
        return at >= 0 && _delimiter.AsSpan().StartsWith(tail[at..]) ? tail.Length - at : 0;
    }

    private MultipartStep Fail(ProtocolFault fault)
    {
        Fault = fault;
        _state = State.Fault;
        return MultipartStep.Fault;
    }
}
