namespace Millrace.Files;

/// <summary>Where a path leads once every symbolic link in it is followed.</summary>
internal static class RealPath
{
    // As many as Linux follows.
    private const int LinksMax = 40;

    /// <summary>The path without links; null where links lead round in a circle or cannot be read. What is missing stays as it is.</summary>
    public static string? Of(string fullPath)
    {
        string current = Path.GetPathRoot(fullPath)!;
        var rest = new Stack<string>();
        Push(rest, fullPath[current.Length..]);
        int links = 0;
        while (rest.TryPop(out string? name))
        {
            if (name == "..")
            {
                current = Path.GetDirectoryName(current) ?? current;
                continue;
            }
            string next = Path.Join(current, name);
            if (!TryLinkTarget(next, out string? target))
                return null;
            if (target is null)
            {
                current = next;
                continue;
            }
            if (++links > LinksMax)
                return null;
            if (Path.IsPathRooted(target))
            {
                // Of a link on Windows it may be of another drive.
                target = Path.GetFullPath(target, current);
                current = Path.GetPathRoot(target)!;
                target = target[current.Length..];
            }
            Push(rest, target);
        }
        return current;
    }

    private static void Push(Stack<string> names, string path)
    {
        string[] parts = path.Split([Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar], StringSplitOptions.RemoveEmptyEntries);
        foreach (string name in parts.AsEnumerable().Reverse())
        {
            if (name != ".")
                names.Push(name);
        }
    }

    private static bool TryLinkTarget(string path, out string? target)
    {
        target = null;
        try
        {
            target = new FileInfo(path).LinkTarget;
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
