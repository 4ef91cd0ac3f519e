using System.Text;

namespace Millrace.Routing;

/// <summary>
/// A path pattern: literal segments and <c>{name}</c> segments. Literals may be written plain or percent-encoded;
/// both become the same canonical bytes, which is what a request's segments are compared with.
/// </summary>
internal sealed class RoutePattern
{
    private RoutePattern(string text, PatternSegment[] segments)
    {
        Text = text;
        Segments = segments;
        Names = [.. segments.Where(segment => segment.Name is not null).Select(segment => segment.Name!)];
    }

    public string Text { get; }

    public PatternSegment[] Segments { get; }

    public string[] Names { get; }

    /// <summary>The pattern of targets that have no path: <c>OPTIONS *</c> and the authority of CONNECT (RFC 9112 section 3.2).</summary>
    public const string Pathless = "*";

    public static RoutePattern Parse(string text)
    {
        if (text == Pathless)
            return new RoutePattern(text, []);
        if (!text.StartsWith('/'))
            throw new ArgumentException($"The path '{text}' must begin with a slash; only * stands for targets that have no path.", nameof(text));
        string[] parts = text[1..].Split('/');
        var segments = new PatternSegment[parts.Length];
        for (int i = 0; i < parts.Length; i++)
            segments[i] = ParseSegment(text, parts[i]);
        var pattern = new RoutePattern(text, segments);
        if (pattern.Names.Distinct().Count() != pattern.Names.Length)
            throw new ArgumentException($"The path '{text}' uses a parameter's name twice.", nameof(text));
        return pattern;
    }

    private static PatternSegment ParseSegment(string text, string part)
    {
        if (part.StartsWith('{') && part.EndsWith('}') && IsName(part.AsSpan(1, part.Length - 2)))
            return new PatternSegment(part[1..^1], []);
        if (part.Contains('{') || part.Contains('}'))
            throw new ArgumentException($"'{part}' in the path '{text}' is no parameter: one is a whole segment in braces, with a name of letters, digits and underscores, as {{name}}.", nameof(text));
        return new PatternSegment(null, CanonicalSegment.Of(Encoding.UTF8.GetBytes(part)));
    }

    private static bool IsName(ReadOnlySpan<char> name)
    {
        if (name.IsEmpty || char.IsAsciiDigit(name[0]))
            return false;
        foreach (char c in name)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c != '_')
                return false;
        }
        return true;
    }
}

/// <summary>One segment of a pattern: a parameter's name, or the canonical bytes of a literal.</summary>
internal readonly record struct PatternSegment(string? Name, byte[] Literal);
