using System.Diagnostics;
using Millrace.Protocol.Semantics;

namespace Millrace.Protocol.Http1;

/// <summary>
/// Bytes in, one request head out (RFC 9112 2 to 6 and what RFC 9110 says of the fields it needs).
///
/// The caller shows the same message again and again, each time from its first byte, each time a little longer, until
/// the head is whole or a fault is certain. The bytes may have moved in between but not changed. Nothing is consumed before
/// <see cref="ReadResult.Complete"/>; then the head says how many bytes it took, and <see cref="Reset"/> makes the reader
/// ready for the message behind it.
///
/// Two readers work on each line. The parser is quick, sees whole lines only and can only say yes. What it declines, for
/// being unfinished or for being wrong, the scanner walks byte by byte, once, keeping its place; it alone names faults
/// of the bytes. So a fault is the same however the bytes were cut, it comes with the very byte that causes it, the work is
/// linear even for a head that arrives byte by byte, and the common head never meets the scanner at all.
/// What lines mean is judged when they are whole, in <see cref="RequestRules"/>, in the order of the message.
///
/// It knows no socket, no time and no body: how long to wait is the caller's matter, and what follows the head is read by
/// the <see cref="Http1Body"/> that its framing asks for.
/// </summary>
internal sealed class Http1RequestReader
{
    private readonly Http1Limits _limits;
    private RequestLineScanner _requestLine;
    private FieldLineScanner _fieldLine;
    private RequestRules _rules;
    private bool _isInFields;
    private bool _isOver;

    // All before _lineStart is taken, all before _scanned was looked at; they differ while a line is unfinished.
    private int _lineStart;
    private int _scanned;

    public Http1RequestReader(Http1Limits limits)
    {
        _limits = limits;
        Reset();
    }

    /// <summary>Why the last <see cref="Read"/> failed; it stays until <see cref="Reset"/>.</summary>
    public ProtocolFault Fault { get; private set; }

    /// <summary>Bytes looked at one by one so far: what the scanners did, which a test holds to be linear.</summary>
    public int ScannedBytes { get; private set; }

    /// <summary>Begins the next message.</summary>
    public void Reset()
    {
        _requestLine = default;
        _fieldLine = new FieldLineScanner(_limits.HeadBytesMax, ProtocolFault.HeadTooLarge);
        _rules = default;
        _isInFields = false;
        _isOver = false;
        _lineStart = 0;
        _scanned = 0;
        ScannedBytes = 0;
        Fault = ProtocolFault.None;
    }

    /// <summary><paramref name="message"/> begins with the first byte of the message; <paramref name="head"/> was reset before the first call.</summary>
    public ReadResult Read(ReadOnlySpan<byte> message, RawRequestMessage head)
    {
        if (Fault != ProtocolFault.None)
            return ReadResult.Fault;
        Debug.Assert(!_isOver, "A reader is reset after each message.");
        Debug.Assert(message.Length >= _scanned, "The message only grows.");
        if (!_isInFields)
        {
            var result = ReadRequestLine(message, head);
            if (result != ReadResult.Complete)
                return result;
            _isInFields = true;
        }

        return ReadFields(message, head);
    }

    private ReadResult ReadRequestLine(ReadOnlySpan<byte> message, RawRequestMessage head)
    {
        if (_scanned > 0 || !RequestLineParser.TryParse(message, 0, _limits, head, out var next, out var fault))
        {
            var from = _scanned;
            var result = _requestLine.Scan(message, _limits, ref _scanned);
            ScannedBytes += _scanned - from;
            if (result == ScanResult.Fault)
                return Fail(_requestLine.Fault);
            if (result == ScanResult.NeedMore)
                return ReadResult.NeedMore;
            if (!RequestLineParser.TryParse(message, _requestLine.LineStart, _limits, head, out next, out fault))
                throw new UnreachableException("The scanner took a request line that the parser declines.");
        }

        if (fault != ProtocolFault.None)
            return Fail(fault);
        _lineStart = next;
        _scanned = next;
        return ReadResult.Complete;
    }

    private ReadResult ReadFields(ReadOnlySpan<byte> message, RawRequestMessage head)
    {
        // Each turn takes a line or leaves.
        while (true)
        {
            if (message[_lineStart..].StartsWith("\r\n"u8) && _lineStart + 2 <= _limits.HeadBytesMax)
                return Conclude(message, head, _lineStart + 2);
            if (_scanned > _lineStart || head.FieldCount == _limits.FieldCountMax
                || !FieldLineParser.TryParse(message, _lineStart, _limits.HeadBytesMax, _limits, out var field, out var next))
            {
                var from = _scanned;
                var result = _fieldLine.Scan(message, _limits, head.FieldCount, ref _scanned);
                ScannedBytes += _scanned - from;
                if (result == ScanResult.Fault)
                    return Fail(_fieldLine.Fault);
                if (result == ScanResult.NeedMore)
                    return ReadResult.NeedMore;
                if (!FieldLineParser.TryParse(message, _lineStart, _limits.HeadBytesMax, _limits, out field, out next))
                    throw new UnreachableException("The scanner took a field line that the parser declines.");
            }

            var fault = _rules.Accept(message, field, head);
            if (fault != ProtocolFault.None)
                return Fail(fault);
            head.Table.Add(field);
            _lineStart = next;
            _scanned = next;
        }
    }

    private ReadResult Conclude(ReadOnlySpan<byte> message, RawRequestMessage head, int length)
    {
        var fault = _rules.Conclude(message, head);
        if (fault != ProtocolFault.None)
            return Fail(fault);
        head.Length = length;
        _isOver = true;
        return ReadResult.Complete;
    }

    private ReadResult Fail(ProtocolFault fault)
    {
        Fault = fault;
        return ReadResult.Fault;
    }
}
