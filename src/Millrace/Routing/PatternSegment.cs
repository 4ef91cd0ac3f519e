using System.Text;
using Millrace.Protocol.Semantics;

namespace Millrace.Routing;

/// <summary>How a segment of a pattern matches, the most specific first.</summary>
internal enum SegmentKind
{
    /// <summary>A literal, alone.</summary>
    Literal,

    /// <summary>Literals and parameters, or a parameter with an expression, within one segment.</summary>
    Mixed,

    /// <summary>A parameter alone.</summary>
    Parameter,

    /// <summary>The rest of the path, by an expression that may reach over slashes.</summary>
    Rest,

    /// <summary>The rest of the path, whatever it is.</summary>
    CatchAll,
}

/// <summary>One segment of a pattern; the last one may stand for all the rest of the path.</summary>
internal sealed class PatternSegment
{
    private const int StackCharactersMax = 256;

    private readonly TextMatcher? _matcher;

    public PatternSegment(string pattern, PatternPart[] parts)
    {
        Parts = parts;
        Kind = KindOf(parts);
        if (Kind is SegmentKind.Mixed or SegmentKind.Rest)
            _matcher = TextMatcher.For(pattern, parts);
        Canonical = Kind == SegmentKind.Literal ? CanonicalSegment.Of(Encoding.ASCII.GetBytes(string.Concat(parts.Select(part => part.Url)))) : [];
        Key = string.Concat(parts.Select(part => part.IsParameter ? $"{{{part.Expression}}}" : part.Text));
        Weight = parts.Where(part => !part.IsParameter).Sum(part => part.Text.Length);
    }

    public PatternPart[] Parts { get; }

    public SegmentKind Kind { get; }

    /// <summary>The bytes of a literal in the one spelling that requests are brought to.</summary>
    public byte[] Canonical { get; }

    /// <summary>The same for two segments that match the same.</summary>
    public string Key { get; }

    /// <summary>The number of literal characters: the more, the more specific.</summary>
    public int Weight { get; }

    public bool IsRest => Kind is SegmentKind.Rest or SegmentKind.CatchAll;

    /// <summary>Whether a mixed segment matches a segment of a path, or a rest the rest of one.</summary>
    public bool IsMatch(ReadOnlySpan<byte> raw)
    {
        if (_matcher is null)
            return true;
        var text = raw.Length <= StackCharactersMax ? stackalloc char[StackCharactersMax] : new char[raw.Length];
        return _matcher.IsMatch(text[..PercentCodec.DecodeKeepingSlashes(raw, text, [])]);
    }

    /// <summary>Where in what was matched a parameter is, by its number within this segment.</summary>
    public Range Locate(ReadOnlySpan<byte> raw, int parameter)
    {
        if (_matcher is null)
            return ..raw.Length;
        var text = raw.Length <= StackCharactersMax ? stackalloc char[StackCharactersMax] : new char[raw.Length];
        var starts = raw.Length <= StackCharactersMax ? stackalloc int[StackCharactersMax] : new int[raw.Length];
        int length = PercentCodec.DecodeKeepingSlashes(raw, text, starts);
        var found = _matcher.Locate(text[..length], parameter);
        int Raw(Index index, ReadOnlySpan<byte> raw, ReadOnlySpan<int> starts) => index.Value == length ? raw.Length : starts[index.Value];
        return Raw(found.Start, raw, starts)..Raw(found.End, raw, starts);
    }

    private static SegmentKind KindOf(PatternPart[] parts) => parts switch
    {
        [{ IsParameter: true, IsCatchAll: true }] => SegmentKind.CatchAll,
        _ when Array.Exists(parts, part => part.ReachesOverSlash) => SegmentKind.Rest,
        [{ IsParameter: true, Expression: null }] => SegmentKind.Parameter,
        _ when Array.Exists(parts, part => part.IsParameter) => SegmentKind.Mixed,
        _ => SegmentKind.Literal,
    };
}
