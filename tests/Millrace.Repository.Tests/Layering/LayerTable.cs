namespace Millrace.Repository.Tests.Layering;

/// <summary>The table "Who may use whom" of ARCHITECTURE.md: folders below src, each with the folders or files it may use beside itself.</summary>
/// <remarks>A file belongs to the row with the longest folder that holds it, so a row speaks for its subfolders unless they have their own.</remarks>
internal sealed class LayerTable
{
    private const string Heading = "## Who may use whom";

    private readonly Dictionary<string, Layer> _layers;

    private LayerTable(IEnumerable<Layer> layers)
    {
        _layers = layers.ToDictionary(layer => layer.Folder);
    }

    public IEnumerable<Layer> Layers => _layers.Values;

    public static LayerTable Parse(string markdown)
    {
        int start = markdown.IndexOf(Heading, StringComparison.Ordinal);
        if (start < 0)
            throw new FormatException($"There is no heading '{Heading}'.");
        var rows = markdown[start..].Split('\n')
            .SkipWhile(line => !line.StartsWith('|'))
            .TakeWhile(line => line.StartsWith('|'))
            .Skip(2);
        return new LayerTable(rows.Select(ParseRow));
    }

    public Layer? Of(string path)
    {
        for (int end = path.LastIndexOf('/'); end > 0; end = path.LastIndexOf('/', end - 1))
        {
            if (_layers.TryGetValue(path[..end], out var layer))
                return layer;
        }
        return null;
    }

    /// <summary>Whether sources of a layer may name what is declared in the file.</summary>
    public bool Allows(Layer user, string usedFile) =>
        user.MayUseAll || (Of(usedFile) is { } used && (used == user || user.MayUse.Contains(used.Folder) || user.MayUse.Contains(usedFile)));

    private static Layer ParseRow(string row)
    {
        string[] cells = row.Trim().Trim('|').Split('|');
        if (cells.Length != 3 || Quoted(cells[0]) is not [var folder])
            throw new FormatException($"A row is | `folder` | what lives there | `folder`, ... |, not {row}");
        string mayUse = cells[2].Trim();
        var names = Quoted(mayUse);
        return names.Length > 0 || mayUse is "nothing" or "everything"
            ? new Layer(folder, names, mayUse == "everything")
            : throw new FormatException($"The last cell is a list of folders, 'nothing' or 'everything', not '{mayUse}'.");
    }

    private static string[] Quoted(string cell) => [.. cell.Split('`').Where((_, i) => i % 2 == 1)];
}

internal sealed record Layer(string Folder, string[] MayUse, bool MayUseAll);
