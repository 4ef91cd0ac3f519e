using System.Text;

namespace Millrace.Routing;

/// <summary>
/// A path pattern: segments of literals and of parameters. Literals may be written plain or percent-encoded;
/// both become the same canonical bytes, which is what a request's segments are compared with.
/// </summary>
internal sealed class RoutePattern
{
    private readonly Place[] _places;

    private RoutePattern(string text, PatternSegment[] segments)
    {
        Text = text;
        Segments = segments;
        _places = [.. segments.SelectMany((segment, i) => segment.Parts.Where(part => part.IsParameter).Select((_, n) => new Place(i, n)))];
        Names = [.. segments.SelectMany(segment => segment.Parts).Where(part => part.IsParameter).Select(part => part.Text)];
    }

    /// <summary>As it was written; may be empty for the root of a mounted application.</summary>
    public string Text { get; }

    public PatternSegment[] Segments { get; }

    /// <summary>The names of the parameters, in their order.</summary>
    public string[] Names { get; }

    /// <summary>The pattern of targets that have no path: <c>OPTIONS *</c> and the authority of CONNECT (RFC 9112 section 3.2).</summary>
    public const string Pathless = "*";

    public static RoutePattern Parse(string text)
    {
        if (text == Pathless)
            return new RoutePattern(text, []);
        if (text.Length > 0 && text[0] != '/')
            throw new ArgumentException($"The path '{text}' must begin with a slash; only * stands for targets that have no path.", nameof(text));
        var pattern = new RoutePattern(text, [.. Segment(text, PatternReader.Read(text.Length == 0 ? "/" : text))]);
        if (pattern.Names.Distinct().Count() != pattern.Names.Length)
            throw new ArgumentException($"The path '{text}' uses a parameter's name twice.", nameof(text));
        return pattern;
    }

    /// <summary>Where in a path that matches the parameter of that number is.</summary>
    public Range Locate(ReadOnlySpan<byte> path, int parameter)
    {
        var place = _places[parameter];
        int start = 1;
        for (int i = 0; i < place.Segment; i++)
            start += path[start..].IndexOf((byte)'/') + 1;
        var segment = Segments[place.Segment];
        int length = segment.IsRest ? -1 : path[start..].IndexOf((byte)'/');
        int end = length < 0 ? path.Length : start + length;
        var found = segment.Locate(path[start..end], place.Number);
        return (start + found.Start.Value)..(start + found.End.Value);
    }

    /// <summary>The path with a value for each parameter, as it stands in a URL.</summary>
    /// <exception cref="ArgumentException">A value is missing, empty, or for no parameter.</exception>
    public string Build(ReadOnlySpan<(string Name, string Value)> values)
    {
        var url = new StringBuilder();
        foreach (var segment in Segments)
        {
            url.Append('/');
            foreach (var part in segment.Parts)
                url.Append(part.IsParameter ? Escape(part, ValueOf(part.Text, values)) : part.Url);
        }
        foreach (var (name, _) in values)
        {
            if (!Names.Contains(name))
                throw new ArgumentException($"The path '{Text}' has no parameter '{name}'.", nameof(values));
        }
        return url.ToString();
    }

    private string ValueOf(string name, ReadOnlySpan<(string Name, string Value)> values)
    {
        foreach (var (given, value) in values)
        {
            if (given == name)
                return value;
        }
        throw new ArgumentException($"The path '{Text}' needs a value for its parameter '{name}'.", nameof(values));
    }

    private string Escape(PatternPart part, string value)
    {
        if (value.Length == 0 && !part.IsCatchAll)
            throw new ArgumentException($"The parameter '{part.Text}' of the path '{Text}' matches nothing that is empty.", nameof(value));
        string escaped = Uri.EscapeDataString(value);
        return part.ReachesOverSlash ? escaped.Replace("%2F", "/", StringComparison.Ordinal) : escaped;
    }

    private static IEnumerable<PatternSegment> Segment(string text, List<PatternPart[]> segments)
    {
        for (int i = 0; i < segments.Count; i++)
        {
            if (!Array.Exists(segments[i], part => part.ReachesOverSlash))
            {
                yield return new PatternSegment(text, segments[i]);
                continue;
            }
            // Nobody knows which segment the rest begins in: from here on one expression matches all there is.
            var rest = segments.Skip(i + 1).SelectMany(segment => (PatternPart[])[PatternPart.Literal("/"), .. segment]);
            yield return new PatternSegment(text, [.. segments[i], .. rest]);
            yield break;
        }
    }

    /// <summary>Where a parameter stands: in which segment, and which of its parameters it is.</summary>
    private readonly record struct Place(int Segment, int Number);
}
