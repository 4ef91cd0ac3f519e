using Millrace.Protocol.Http1;
using Millrace.Protocol.Semantics;

namespace Millrace.Protocol.Multipart;

/// <summary>
/// The head of one part (RFC 2046 5.1), under the rules of a request's head: lines end with CRLF, none is folded, names are tokens, values have
/// no control characters. Its bytes are copied into storage of their own, so they outlive the input.
/// </summary>
internal sealed class PartHead(Http1Limits limits)
{
    // So much is copied before the end is looked for: little of what follows a short head is touched.
    private const int PieceBytes = 256;

    private readonly FieldTable _table = new();
    private byte[] _bytes = new byte[PieceBytes];
    private int _length;

    public ProtocolFault Fault { get; private set; }

    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _length);

    /// <summary>Offsets into <see cref="Bytes"/>.</summary>
    public ReadOnlySpan<FieldSlice> Fields => _table.Fields;

    public void Start()
    {
        _table.Clear();
        _length = 0;
        Fault = ProtocolFault.None;
    }

    /// <summary>Takes bytes up to the empty line: EndOfSection, NeedMore with all input taken, or Fault.</summary>
    public ScanResult Read(ReadOnlySpan<byte> input, out int taken)
    {
        taken = 0;
        while (taken < input.Length)
        {
            int before = _length;
            Append(input[taken..]);
            if (EndFrom(Math.Max(0, before - 3)) is >= 0 and var end)
            {
                taken += end - before;
                _length = end;
                return TryParse() ? ScanResult.EndOfSection : ScanResult.Fault;
            }
            taken += _length - before;
            if (_length == limits.HeadBytesMax)
                return Fail(ProtocolFault.HeadTooLarge);
        }
        return ScanResult.NeedMore;
    }

    private void Append(ReadOnlySpan<byte> input)
    {
        int count = Math.Min(Math.Min(input.Length, PieceBytes), limits.HeadBytesMax - _length);
        if (_bytes.Length < _length + count)
            Array.Resize(ref _bytes, Math.Min(limits.HeadBytesMax, Math.Max(_length + count, _bytes.Length * 2)));
        input[..count].CopyTo(_bytes.AsSpan(_length));
        _length += count;
    }

    /// <summary>Where the head ends, its empty line included, or -1. One without fields is the empty line alone.</summary>
    private int EndFrom(int from)
    {
        if (Bytes.StartsWith("\r\n"u8))
            return 2;
        int found = Bytes[from..].IndexOf("\r\n\r\n"u8);
        return found < 0 ? -1 : from + found + 4;
    }

    private bool TryParse()
    {
        int position = 0;
        while (position < _length - 2)
        {
            if (_table.Count == limits.FieldCountMax)
                return Fail(ProtocolFault.TooManyFields) != ScanResult.Fault;
            int start = position;
            if (!FieldLineParser.TryParse(Bytes, start, limits.HeadBytesMax, limits, out var field, out position))
            {
                bool isTooLong = Bytes[start..].IndexOf("\r\n"u8) + 2 > limits.FieldBytesMax;
                return Fail(isTooLong ? ProtocolFault.FieldTooLarge : ProtocolFault.BadPartHead) != ScanResult.Fault;
            }
            _table.Add(field);
        }
        return true;
    }

    private ScanResult Fail(ProtocolFault fault)
    {
        Fault = fault;
        return ScanResult.Fault;
    }
}
