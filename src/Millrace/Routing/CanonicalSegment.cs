using Millrace.Protocol.Semantics;

namespace Millrace.Routing;

/// <summary>
/// One spelling for all percent-encodings of a path segment: every escape resolved but <c>%2F</c> and <c>%25</c>,
/// which stay escapes, in capitals, so that a segment never gains a slash (RFC 3986 section 6.2.2).
/// </summary>
internal static class CanonicalSegment
{
    public static byte[] Of(ReadOnlySpan<byte> segment)
    {
        var canonical = new byte[segment.Length];
        return canonical[..Write(segment, canonical)];
    }

    /// <summary>Writes the canonical form, never longer than the segment; returns its length.</summary>
    public static int Write(ReadOnlySpan<byte> segment, Span<byte> canonical)
    {
        int written = 0;
        for (int i = 0; i < segment.Length; i++)
        {
            byte octet = segment[i];
            if (octet == '%' && i + 2 < segment.Length && Octet(segment[i + 1], segment[i + 2]) is >= 0 and var decoded)
            {
                i += 2;
                if (decoded is '/' or '%')
                {
                    (decoded == '/' ? "%2F"u8 : "%25"u8).CopyTo(canonical[written..]);
                    written += 3;
                    continue;
                }
                octet = (byte)decoded;
            }
            canonical[written++] = octet;
        }
        return written;
    }

    private static int Octet(byte high, byte low)
    {
        int h = AsciiSets.HexValue(high), l = AsciiSets.HexValue(low);
        return (h | l) < 0 ? -1 : h << 4 | l;
    }
}
