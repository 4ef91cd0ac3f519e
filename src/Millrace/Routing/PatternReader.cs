using System.Text;

namespace Millrace.Routing;

/// <summary>Takes the text of a pattern apart: at slashes outside braces, and into literals and parameters.</summary>
internal static class PatternReader
{
    public static List<PatternPart[]> Read(string text)
    {
        var segments = new List<PatternPart[]>();
        var parts = new List<PatternPart>();
        var literal = new StringBuilder();
        for (int i = 1; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '/':
                    EndLiteral(parts, literal);
                    segments.Add([.. parts]);
                    parts.Clear();
                    break;
                case '{':
                    EndLiteral(parts, literal);
                    int end = EndOfParameter(text, i);
                    parts.Add(PatternPart.Parameter(text, text[(i + 1)..end]));
                    i = end;
                    break;
                case '}':
                    throw Unbalanced(text);
                default:
                    literal.Append(text[i]);
                    break;
            }
        }
        EndLiteral(parts, literal);
        segments.Add([.. parts]);
        return segments;
    }

    private static void EndLiteral(List<PatternPart> parts, StringBuilder literal)
    {
        if (literal.Length > 0)
            parts.Add(PatternPart.Literal(literal.ToString()));
        literal.Clear();
    }

    // An expression may have braces of its own, in pairs or escaped: {year:\d{4}}.
    private static int EndOfParameter(string text, int start)
    {
        int depth = 0;
        for (int i = start; i < text.Length; i++)
        {
            if (text[i] == '\\')
                i++;
            else if (text[i] == '{')
                depth++;
            else if (text[i] == '}' && --depth == 0)
                return i;
        }
        throw Unbalanced(text);
    }

    private static ArgumentException Unbalanced(string text) =>
        new($"The braces in the path '{text}' do not pair up: a parameter is {{name}}, {{name:expression}} or {{name...}}, and a brace of the path itself is written %7B or %7D.");
}
