using System.Text;
using Millrace.Protocol.Semantics;

namespace Millrace.Protocol.Http1;

/// <summary>
/// The value of Transfer-Encoding (RFC 9112 6.1). The only list taken is <c>chunked</c>, once, alone. Another coding in a
/// proper place is one this server does not implement (501); chunked anywhere but last, twice, or with a parameter, and
/// whatever is no list of codings, leaves the end of the body in doubt (400, RFC 9112 6.3).
/// </summary>
internal static class TransferEncodingSyntax
{
    public static ProtocolFault Check(ReadOnlySpan<byte> value)
    {
        if (value.SequenceEqual("chunked"u8))
            return ProtocolFault.None;
        var codings = new CommaList(value);
        var isChunked = false;
        var hasOther = false;
        while (codings.TryNext(out var coding))
        {
            var semicolon = coding.IndexOf((byte)';');
            var name = semicolon < 0 ? coding : AsciiSets.TrimBlanks(coding[..semicolon]);
            if (isChunked || !AsciiSets.IsToken(name))
                return ProtocolFault.BadTransferEncoding;
            isChunked = Ascii.EqualsIgnoreCase(name, "chunked"u8);
            if (isChunked && semicolon >= 0)
                return ProtocolFault.BadTransferEncoding;
            hasOther |= !isChunked;
        }

        return hasOther ? ProtocolFault.UnsupportedTransferCoding : ProtocolFault.None;
    }
}
