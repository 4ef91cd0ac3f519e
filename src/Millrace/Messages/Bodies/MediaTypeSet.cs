using Millrace.Protocol.Semantics;

namespace Millrace.Messages;

/// <summary>Media types by name, by family (<c>text/*</c>) and by what they are built on (<c>*+json</c>; RFC 6839).</summary>
internal sealed class MediaTypeSet
{
    // Whoever streams events wants no encoder in between, unless he says so.
    private const string EventStream = "text/event-stream";

    private readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> _names;
    private readonly string[] _families;
    private readonly string[] _suffixes;

    public MediaTypeSet(IReadOnlyCollection<string> types)
    {
        _families = [.. types.Where(type => type.EndsWith("/*", StringComparison.Ordinal)).Select(type => type[..^1])];
        _suffixes = [.. types.Where(type => type.StartsWith("*+", StringComparison.Ordinal)).Select(type => type[1..])];
        _names = types.ToHashSet(StringComparer.OrdinalIgnoreCase).GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <exception cref="ArgumentException">It is none of the three.</exception>
    public static void Check(string type)
    {
        int slash = type.IndexOf('/', StringComparison.Ordinal);
        bool isProper = type.StartsWith("*+", StringComparison.Ordinal) ? IsToken(type.AsSpan(2))
            : slash > 0 && IsToken(type.AsSpan(0, slash)) && (type.AsSpan(slash + 1) is "*" || IsToken(type.AsSpan(slash + 1)));
        if (!isProper)
            throw new ArgumentException($"'{type}' is no type: write one as 'text/html', a family as 'text/*', all that are built on another as '*+json'.", nameof(type));
    }

    /// <summary>Whether the value of a Content-Type field names one of these.</summary>
    public bool Contains(ReadOnlySpan<char> contentType)
    {
        int end = contentType.IndexOf(';');
        var type = (end < 0 ? contentType : contentType[..end]).Trim(' ');
        if (_names.Contains(type))
            return true;
        foreach (string suffix in _suffixes)
        {
            if (type.EndsWith(suffix, StringComparison.OrdinalIgnoreCase))
                return true;
        }
        foreach (string family in _families)
        {
            if (type.StartsWith(family, StringComparison.OrdinalIgnoreCase))
                return !type.Equals(EventStream, StringComparison.OrdinalIgnoreCase);
        }
        return false;
    }

    private static bool IsToken(ReadOnlySpan<char> text)
    {
        foreach (char c in text)
        {
            if (c >= 128 || c == '*' || !AsciiSets.Token.Contains((byte)c))
                return false;
        }
        return text.Length > 0;
    }
}
