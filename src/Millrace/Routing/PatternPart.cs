using System.Text;
using Millrace.Protocol.Semantics;

namespace Millrace.Routing;

/// <summary>A piece of a pattern: literal text or one parameter.</summary>
/// <param name="Text">A literal, with every escape resolved but <c>%2F</c> and <c>%25</c>; of a parameter its name.</param>
/// <param name="IsParameter">Which of the two it is.</param>
/// <param name="Expression">What a parameter must match; null where anything does that is not empty and has no slash.</param>
/// <param name="ReachesOverSlash">Whether a parameter may match slashes, and so several segments.</param>
internal sealed record PatternPart(string Text, bool IsParameter, string? Expression = null, bool ReachesOverSlash = false)
{
    /// <summary>The expression of <c>{name...}</c>, and what <c>{name:.*}</c> means: whatever there is.</summary>
    public const string Anything = ".*";

    /// <summary>How a literal is written in a URL.</summary>
    public string Url { get; private init; } = Text;

    public bool IsCatchAll => Expression == Anything;

    public static PatternPart Literal(string text)
    {
        var canonical = CanonicalSegment.Of(Encoding.UTF8.GetBytes(text));
        var url = new StringBuilder();
        for (int i = 0; i < canonical.Length; i++)
        {
            byte octet = canonical[i];
            // A percent sign that begins no escape stands for itself, which in a URL is an escape.
            bool isEscape = octet == '%' && i + 2 < canonical.Length && (AsciiSets.HexValue(canonical[i + 1]) | AsciiSets.HexValue(canonical[i + 2])) >= 0;
            if (isEscape || octet == '/' || char.IsAsciiLetterOrDigit((char)octet) || "-._~!$&'()*+,;=:@".Contains((char)octet))
                url.Append((char)octet);
            else
                url.Append('%').Append(octet.ToString("X2", System.Globalization.CultureInfo.InvariantCulture));
        }
        return new PatternPart(PercentCodec.DecodeKeepingSlashes(Encoding.ASCII.GetBytes(url.ToString())), false) { Url = url.ToString() };
    }

    /// <summary>The text between the braces.</summary>
    public static PatternPart Parameter(string pattern, string text)
    {
        int colon = text.IndexOf(':');
        bool catchesAll = colon < 0 && text.EndsWith("...", StringComparison.Ordinal);
        string name = catchesAll ? text[..^3] : colon < 0 ? text : text[..colon];
        if (!IsName(name))
            throw new ArgumentException($"'{{{text}}}' in the path '{pattern}' is no parameter: one is a name of letters, digits and underscores in braces, as {{name}}, {{name:expression}} or {{name...}}.");
        if (catchesAll)
            return new PatternPart(name, true, Anything, true);
        if (colon < 0)
            return new PatternPart(name, true);
        if (colon == text.Length - 1)
            throw new ArgumentException($"The parameter '{{{text}}}' in the path '{pattern}' has an empty expression: write {{{name}}}, or say what it matches.");
        var expression = ParameterExpression.Read(text[(colon + 1)..]);
        return new PatternPart(name, true, expression.Text, expression.ReachesOverSlash);
    }

    private static bool IsName(string name)
    {
        foreach (char c in name)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c != '_')
                return false;
        }
        return name.Length > 0 && !char.IsAsciiDigit(name[0]);
    }
}
