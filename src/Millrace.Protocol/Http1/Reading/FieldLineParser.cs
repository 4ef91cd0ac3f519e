using Millrace.Protocol.Semantics;

namespace Millrace.Protocol.Http1;

/// <summary>Takes a field line that is there as a whole and without a flaw, at vector speed. All else it leaves to <see cref="FieldLineScanner"/>.</summary>
internal static class FieldLineParser
{
    /// <summary>
    /// Whether a whole, well-formed field line begins at <paramref name="start"/> and ends before <paramref name="sectionBytesMax"/>
    /// and within the limit of one line; then <paramref name="next"/> stands behind it.
    /// </summary>
    public static bool TryParse(
        ReadOnlySpan<byte> section, int start, int sectionBytesMax, Http1Limits limits, out FieldSlice field, out int next)
    {
        field = default;
        next = start;
        var line = section[start..];
        var nameLength = line.IndexOf((byte)':');
        if (nameLength <= 0)
            return false;
        var name = line[..nameLength];
        var known = FieldNames.Find(name);
        if (known == KnownField.Unknown && name.ContainsAnyExcept(AsciiSets.Token))
            return false;

        // One pass finds the end of the value and proves its bytes: the first that is none of them must be the CR.
        var valueStart = nameLength + 1;
        var valueLength = line[valueStart..].IndexOfAnyExcept(AsciiSets.FieldValue);
        var end = valueStart + valueLength;
        if (valueLength < 0 || end + 1 >= line.Length || line[end] != (byte)'\r' || line[end + 1] != (byte)'\n')
            return false;
        next = start + end + 2;
        if (end + 2 > limits.FieldBytesMax || next > sectionBytesMax)
            return false;

        // RFC 9112 5.1: the white space around the value is no part of it.
        while (valueStart < end && AsciiSets.IsBlank(line[valueStart]))
            valueStart++;
        while (end > valueStart && AsciiSets.IsBlank(line[end - 1]))
            end--;
        field = new FieldSlice(start, nameLength, start + valueStart, end - valueStart, known);
        return true;
    }
}
