using System.Text;
using Millrace.Protocol.Semantics;

namespace Millrace.Protocol.Http1;

/// <summary>
/// The codings of Transfer-Encoding (RFC 9112 6.1), over all its lines. The only list taken is <c>chunked</c>, once, alone. A coding in front of it
/// is one this server does not implement (501). A list that does not end with chunked, has it twice or with a parameter, and
/// whatever is no list of codings, leaves the end of the body in doubt (400, RFC 9112 6.3).
/// </summary>
internal struct TransferCodings
{
    private bool _isChunked;
    private bool _hasOther;

    /// <summary>Takes in one line.</summary>
    public ProtocolFault Accept(ReadOnlySpan<byte> value)
    {
        var codings = new CommaList(value);
        while (codings.TryNext(out var coding))
        {
            var semicolon = coding.IndexOf((byte)';');
            var name = semicolon < 0 ? coding : AsciiSets.TrimBlanks(coding[..semicolon]);
            if (_isChunked || !AsciiSets.IsToken(name))
                return ProtocolFault.BadTransferEncoding;
            _isChunked = Ascii.EqualsIgnoreCase(name, "chunked"u8);
            if (_isChunked && semicolon >= 0)
                return ProtocolFault.BadTransferEncoding;
            _hasOther |= !_isChunked;
        }

        return ProtocolFault.None;
    }

    /// <summary>Judges the list as a whole, once its last line is in.</summary>
    public readonly ProtocolFault Conclude()
    {
        if (_hasOther)
            return _isChunked ? ProtocolFault.UnsupportedTransferCoding : ProtocolFault.BadTransferEncoding;
        return ProtocolFault.None;
    }
}
