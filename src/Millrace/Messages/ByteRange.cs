namespace Millrace;

/// <summary>One range of bytes that a client asks for (RFC 9110 section 14.1.2), as it asks: <see cref="TryResolve"/> says which bytes these are.</summary>
/// <param name="First">The first byte, counted from 0; null: the last <paramref name="Last"/> bytes are meant.</param>
/// <param name="Last">The last byte, inclusive; null: up to the end.</param>
public readonly record struct ByteRange(long? First, long? Last)
{
    /// <summary>The bytes of a content of <paramref name="length"/> bytes that are meant; false if there is none of them.</summary>
    public bool TryResolve(long length, out long offset, out long count)
    {
        offset = First ?? Math.Max(0, length - Last.GetValueOrDefault());
        long end = First is null || Last is not { } last ? length : last < length ? last + 1 : length;
        count = end - offset;
        return count > 0;
    }

    /// <summary>The ranges of a Range field; null if it has another unit or is malformed, and thereby to be ignored (RFC 9110 section 14.2).</summary>
    internal static List<ByteRange>? ParseList(string field)
    {
        const string Unit = "bytes=";
        if (!field.StartsWith(Unit, StringComparison.OrdinalIgnoreCase))
            return null;
        var ranges = new List<ByteRange>();
        var set = field.AsSpan(Unit.Length);
        foreach (var member in set.Split(','))
        {
            var text = set[member].Trim(" \t");
            if (text.IsEmpty)
                continue;
            if (!TryParse(text, out var range))
                return null;
            ranges.Add(range);
        }
        return ranges.Count > 0 ? ranges : null;
    }

    private static bool TryParse(ReadOnlySpan<char> text, out ByteRange range)
    {
        range = default;
        int dash = text.IndexOf('-');
        if (dash < 0 || !TryNumber(text[..dash], out var first) || !TryNumber(text[(dash + 1)..], out var last))
            return false;
        range = new ByteRange(first, last);
        return first is null ? last is not null : last is null || last >= first;
    }

    /// <summary>Digits, or null for none. A number beyond 64 bits is behind the end of every content, as the largest one is.</summary>
    private static bool TryNumber(ReadOnlySpan<char> digits, out long? number)
    {
        number = null;
        foreach (char digit in digits)
        {
            if (!char.IsAsciiDigit(digit))
                return false;
            long before = number ?? 0;
            number = before > (long.MaxValue - 9) / 10 ? long.MaxValue : before * 10 + (digit - '0');
        }
        return true;
    }
}
