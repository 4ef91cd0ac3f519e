using System.Runtime.CompilerServices;
using System.Text;

namespace Millrace.Protocol.Semantics;

/// <summary>What a client says in Accept-Encoding (RFC 9110 section 12.5.3): a quality from 0, not acceptable, to 1000 for each coding. What it does not name has what it says of <c>*</c>.</summary>
internal struct AcceptedCodings
{
    private const int Codings = (int)ContentCoding.Identity + 1;

    private Qualities _qualities;
    private short _any;

    /// <summary>Takes in one field line. A member that is malformed says nothing.</summary>
    public void Add(ReadOnlySpan<byte> value)
    {
        var members = new CommaList(value);
        while (members.TryNext(out var member))
        {
            int end = member.IndexOf((byte)';');
            var name = AsciiSets.TrimBlanks(end < 0 ? member : member[..end]);
            if (!TryQuality(end < 0 ? [] : member[(end + 1)..], out short quality))
                continue;
            // Kept one higher, so that 0 is what was not said.
            if (name.SequenceEqual("*"u8))
                _any = (short)(quality + 1);
            else if (TryCoding(name, out var coding))
                _qualities[(int)coding] = (short)(quality + 1);
        }
    }

    /// <summary>The quality of a coding. Not to be encoded is acceptable unless it is ruled out, but less than what was asked for.</summary>
    public readonly int QualityOf(ContentCoding coding)
    {
        int said = _qualities[(int)coding] is 0 ? _any : _qualities[(int)coding];
        if (said > 0)
            return said - 1;
        return coding == ContentCoding.Identity ? 1 : 0;
    }

    private static bool TryCoding(ReadOnlySpan<byte> name, out ContentCoding coding)
    {
        coding = ContentCoding.Identity;
        if (Ascii.EqualsIgnoreCase(name, "br"u8))
            coding = ContentCoding.Brotli;
        else if (Ascii.EqualsIgnoreCase(name, "zstd"u8))
            coding = ContentCoding.Zstandard;
        // RFC 9110 section 8.4.1.3: x-gzip is the same.
        else if (Ascii.EqualsIgnoreCase(name, "gzip"u8) || Ascii.EqualsIgnoreCase(name, "x-gzip"u8))
            coding = ContentCoding.Gzip;
        else if (Ascii.EqualsIgnoreCase(name, "deflate"u8))
            coding = ContentCoding.Deflate;
        else
            return Ascii.EqualsIgnoreCase(name, "identity"u8);
        return true;
    }

    /// <summary>RFC 9110 section 12.4.2: <c>q=</c>, then 0 or 1 with up to three digits behind the point. No parameter means 1.</summary>
    private static bool TryQuality(ReadOnlySpan<byte> parameter, out short quality)
    {
        quality = 1000;
        parameter = AsciiSets.TrimBlanks(parameter);
        if (parameter.IsEmpty)
            return true;
        if (parameter.Length is < 3 or > 7 || (parameter[0] | 0x20) != 'q' || parameter[1] != '=' || parameter[2] is not ((byte)'0' or (byte)'1')
            || (parameter.Length > 3 && parameter[3] != '.'))
            return false;
        int value = (parameter[2] - '0') * 1000;
        int unit = 100;
        for (int i = 4; i < parameter.Length; i++, unit /= 10)
        {
            if (!AsciiSets.IsDigit(parameter[i]))
                return false;
            value += (parameter[i] - '0') * unit;
        }
        quality = (short)value;
        return value <= 1000;
    }

    [InlineArray(Codings)]
    private struct Qualities
    {
        private short _first;
    }
}
