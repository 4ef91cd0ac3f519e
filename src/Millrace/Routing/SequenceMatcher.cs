namespace Millrace.Routing;

/// <summary>
/// Literals and parameters without expressions, as <c>{a}-{b}</c> and <c>v{n}.json</c>. Where several ways fit, the first parameter takes as much as it can, as in a
/// regular expression: each literal is looked for from the end.
/// </summary>
internal sealed class SequenceMatcher(PatternPart[] parts) : TextMatcher
{
    private readonly int _parameters = parts.Count(part => part.IsParameter);

    public override bool IsMatch(ReadOnlySpan<char> text) => TryFind(text, -1, out _);

    public override Range Locate(ReadOnlySpan<char> text, int parameter) => TryFind(text, parameter, out var place) ? place : default;

    private bool TryFind(ReadOnlySpan<char> text, int wanted, out Range place)
    {
        place = default;
        int number = _parameters;
        int end = text.Length;
        for (int i = parts.Length - 1; i >= 0; i--)
        {
            if (!parts[i].IsParameter)
            {
                // Behind a parameter it was found when that one's place was looked for.
                if (!text[..end].EndsWith(parts[i].Text))
                    return false;
                end -= parts[i].Text.Length;
                continue;
            }
            int start = StartOf(text[..end], i);
            if (start < 0)
                return false;
            if (--number == wanted)
                place = start..end;
            end = start;
        }
        return end == 0;
    }

    /// <summary>Where the parameter at that place begins, if it ends with the text; it has at least one character.</summary>
    private int StartOf(ReadOnlySpan<char> text, int part)
    {
        if (text.IsEmpty)
            return -1;
        if (part == 0)
            return 0;
        if (parts[part - 1].IsParameter)
            return text.Length - 1;
        string literal = parts[part - 1].Text;
        int found = text[..^1].LastIndexOf(literal);
        // In front of everything a literal has no choice of place.
        return part == 1 ? text.StartsWith(literal) && text.Length > literal.Length ? literal.Length : -1 : found < 0 ? -1 : found + literal.Length;
    }
}
