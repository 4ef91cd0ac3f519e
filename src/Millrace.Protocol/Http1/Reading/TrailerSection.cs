using System.Diagnostics;
using Millrace.Protocol.Semantics;

namespace Millrace.Protocol.Http1;

/// <summary>
/// The fields behind the last chunk (RFC 9112 7.1.2), under the rules of the head and limits of their own: trailers without
/// a bound have cost servers their memory (CVE-2026-22815), trailers not parsed have started requests (CVE-2025-53643).
/// They are rare, so their bytes are copied into storage of their own and outlive the input.
/// </summary>
internal sealed class TrailerSection(Http1Limits limits)
{
    private const int StorageFirst = 256;

    private readonly FieldTable _table = new();
    private byte[] _bytes = [];
    private FieldLineScanner _scanner;
    private int _length;
    private int _lineStart;
    private int _scanned;
    private int _count;

    public ProtocolFault Fault { get; private set; }

    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _length);

    /// <summary>Offsets into <see cref="Bytes"/>.</summary>
    public FieldTable Table => _table;

    public void Reset()
    {
        _table.Clear();
        _scanner = new FieldLineScanner(limits.TrailerBytesMax, ProtocolFault.TrailersTooLarge);
        _length = 0;
        _lineStart = 0;
        _scanned = 0;
        _count = 0;
        Fault = ProtocolFault.None;
    }

    /// <summary>Consumes up to the end of the section: <see cref="ScanResult.EndOfSection"/>, NeedMore with all input consumed, or Fault.</summary>
    public ScanResult Read(ReadOnlySpan<byte> input, ref int position)
    {
        // No trailers, the common case, needs no storage.
        if (_length == 0 && input[position..].StartsWith("\r\n"u8))
        {
            position += 2;
            return ScanResult.EndOfSection;
        }

        // Each turn takes what there is of one line, at least a byte.
        while (position < input.Length)
        {
            position += Append(input[position..]);
            var result = _scanner.Scan(Bytes, limits, _count, ref _scanned);
            if (result == ScanResult.Fault)
                return Fail(_scanner.Fault);
            if (result == ScanResult.EndOfSection)
                return result;
            if (result == ScanResult.Line && !TryTakeLine())
                return Fail(ProtocolFault.ForbiddenTrailer);
        }

        return ScanResult.NeedMore;
    }

    private bool TryTakeLine()
    {
        if (!FieldLineParser.TryParse(Bytes, _lineStart, limits.TrailerBytesMax, limits, out var field, out _lineStart))
            throw new UnreachableException("The scanner took a field line that the parser declines.");
        _count++;
        if (TrailerRules.IsRefused(field.Known))
            return false;
        if (!TrailerRules.IsLeftOut(field.Known))
            _table.Add(field);
        return true;
    }

    // The scanner never goes past a line feed, so neither does this: what follows may be the next message. One byte more
    // than the limit is enough for the scanner to see that it is passed.
    private int Append(ReadOnlySpan<byte> input)
    {
        var lineFeed = input.IndexOf((byte)'\n');
        var count = Math.Min(lineFeed < 0 ? input.Length : lineFeed + 1, limits.TrailerBytesMax + 1 - _length);
        if (_bytes.Length < _length + count)
            Array.Resize(ref _bytes, Math.Max(_length + count, Math.Max(StorageFirst, _bytes.Length * 2)));
        input[..count].CopyTo(_bytes.AsSpan(_length));
        _length += count;
        return count;
    }

    private ScanResult Fail(ProtocolFault fault)
    {
        Fault = fault;
        return ScanResult.Fault;
    }
}
