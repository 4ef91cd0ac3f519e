using System.Text.RegularExpressions;

namespace Millrace.Repository.Tests.Support;

/// <summary>As much of Markdown as the tests here need.</summary>
internal static partial class Markdown
{
    public static IEnumerable<string> Files => Checkout.Files.Where(file => file.EndsWith(".md", StringComparison.Ordinal));

    public static IEnumerable<CodeBlock> CodeBlocks(string file)
    {
        string? language = null;
        int first = 0;
        string[] lines = Checkout.Read(file).Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            if (!lines[i].StartsWith("```", StringComparison.Ordinal))
                continue;
            if (language is null)
            {
                language = lines[i][3..].Trim();
                first = i + 1;
                continue;
            }
            yield return new CodeBlock(language, string.Join('\n', lines[first..i]) + "\n", first + 1);
            language = null;
        }
    }

    /// <summary>The cells of the rows of a table that begin with a word in code quotes, without the quotes around that word.</summary>
    public static IEnumerable<string[]> Rows(string text) => text.Split('\n')
        .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
        .Select(line => line.Trim().Trim('|').Split('|').Select(cell => cell.Trim()).ToArray())
        .Select(cells => (string[])[cells[0].Trim('`'), .. cells[1..]]);

    public static IEnumerable<string> Links(string file) => Link().Matches(Prose(file)).Select(match => match.Groups[1].Value);

    public static bool Resolves(string file, string link)
    {
        if (link.Contains("://", StringComparison.Ordinal) || link.StartsWith("mailto:", StringComparison.Ordinal))
            return true;
        string[] parts = link.Split('#', 2);
        string folder = Path.GetDirectoryName(file) ?? "";
        string target = parts[0].Length == 0 ? file : Path.GetRelativePath(".", Path.Combine(folder, parts[0])).Replace('\\', '/');
        return Path.Exists(Checkout.FullPath(target)) && (parts.Length == 1 || Anchors(target).Contains(parts[1]));
    }

    private static IEnumerable<string> Anchors(string file) => Prose(file).Split('\n')
        .Where(line => line.StartsWith('#'))
        .Select(line => NoAnchorCharacter().Replace(line.TrimStart('#').Trim().ToLowerInvariant(), "").Replace(' ', '-'));

    private static string Prose(string file) => Fence().Replace(Checkout.Read(file), "");

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"^```.*?^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex(@"[^\w \-]")]
    private static partial Regex NoAnchorCharacter();
}

internal sealed record CodeBlock(string Language, string Text, int Line);
