using System.Text;
using System.Text.RegularExpressions;

namespace Millrace.Routing;

/// <summary>Literals and parameters of which some have an expression, as one regular expression over the whole text.</summary>
/// <remarks>It is matched without backtracking, so no text that a client chooses takes more than linear time.</remarks>
internal sealed class ExpressionMatcher : TextMatcher
{
    private readonly Regex _regex;
    private readonly string[] _names;
    private readonly bool _isWhole;

    public ExpressionMatcher(string pattern, PatternPart[] parts)
    {
        _names = [.. parts.Where(part => part.IsParameter).Select(part => part.Text)];
        _isWhole = parts.Length == 1;
        _regex = Compile(pattern, parts);
    }

    public override bool IsMatch(ReadOnlySpan<char> text) => _regex.IsMatch(text);

    public override Range Locate(ReadOnlySpan<char> text, int parameter)
    {
        if (_isWhole)
            return ..text.Length;
        var group = _regex.Match(text.ToString()).Groups[_names[parameter]];
        return group.Index..(group.Index + group.Length);
    }

    private static Regex Compile(string pattern, PatternPart[] parts)
    {
        // Not $, which would allow a line feed behind.
        var text = new StringBuilder(@"\A");
        foreach (var part in parts)
        {
            if (part.IsParameter)
                text.Append("(?<").Append(part.Text).Append('>').Append(part.IsCatchAll ? "(?s:.*)" : part.Expression ?? "[^/]+").Append(')');
            else
                text.Append(Regex.Escape(part.Text));
        }
        try
        {
            return new Regex(text.Append(@"\z").ToString(), RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (NotSupportedException e)
        {
            throw new ArgumentException($"An expression in the path '{pattern}' cannot be matched in linear time: leave out look-around, back-references, conditions and atomic groups. {e.Message}", e);
        }
        catch (ArgumentException e)
        {
            throw new ArgumentException($"An expression in the path '{pattern}' is no regular expression of .NET: {e.Message}", e);
        }
    }
}
