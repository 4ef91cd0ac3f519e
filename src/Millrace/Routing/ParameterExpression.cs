using System.Text;

namespace Millrace.Routing;

/// <summary>The expression of a parameter as it is matched: <c>\d</c> means the ASCII digits and no others (CVE-2025-69225), and it is known whether it may reach over a slash.</summary>
internal readonly record struct ParameterExpression(string Text, bool ReachesOverSlash)
{
    // Escapes that stand for no slash; whatever is not among them may.
    private const string HarmlessEscapes = "dwsbAzZtnrfvae.-+*?()[]{}|^$\\#,=!<>:_~@&%'\" ";

    public static ParameterExpression Read(string text)
    {
        var read = new StringBuilder(text.Length);
        bool reaches = false, inClass = false, negated = false, hasSlash = false;
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (c == '\\' && i + 1 < text.Length)
            {
                char escaped = text[++i];
                hasSlash |= escaped == '/';
                reaches |= !HarmlessEscapes.Contains(escaped) && !(inClass && negated);
                read.Append(escaped switch
                {
                    'd' => inClass ? "0-9" : "[0-9]",
                    'D' when !inClass => "[^0-9]",
                    _ => text.AsSpan(i - 1, 2),
                });
                continue;
            }
            if (!inClass && c == '[')
            {
                inClass = true;
                negated = i + 1 < text.Length && text[i + 1] == '^';
                hasSlash = false;
            }
            else if (inClass && c == ']')
            {
                inClass = false;
                reaches |= negated != hasSlash;
            }
            else if (inClass)
            {
                hasSlash |= c == '/' || (c == '-' && i + 1 < text.Length && text[i - 1] <= '/' && text[i + 1] is >= '/' and not ']');
            }
            else
            {
                reaches |= c is '.' or '/';
            }
            read.Append(c);
        }
        return new ParameterExpression(read.ToString(), reaches);
    }
}
