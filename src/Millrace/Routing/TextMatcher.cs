namespace Millrace.Routing;

/// <summary>What the text of a segment, or of the rest of a path, must look like, and where its parameters are then. Time is linear in the text, whatever a client sends.</summary>
internal abstract class TextMatcher
{
    public abstract bool IsMatch(ReadOnlySpan<char> text);

    /// <summary>Where the parameter of that number is, in a text that matches.</summary>
    public abstract Range Locate(ReadOnlySpan<char> text, int parameter);

    public static TextMatcher For(string pattern, PatternPart[] parts) =>
        Array.Exists(parts, part => part.Expression is not null) ? new ExpressionMatcher(pattern, parts) : new SequenceMatcher(parts);
}
