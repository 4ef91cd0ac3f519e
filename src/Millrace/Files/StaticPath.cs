using System.Buffers;

namespace Millrace.Files;

/// <summary>Which paths may be looked for below a directory. What is refused here is answered as what is missing, before anything touches the disk.</summary>
internal static class StaticPath
{
    private const string WellKnown = ".well-known";

    // RFC 3986 leaves them all to us; no system that has them in names wants them in URLs.
    private static readonly SearchValues<char> Never = SearchValues.Create([.. Enumerable.Range(0, 0x20).Select(value => (char)value), '/', '\\', '\x7F']);

    // Drives and streams (file:stream), and what Windows takes for patterns.
    private static readonly SearchValues<char> NeverOnWindows = SearchValues.Create(":*?\"<>|");

    private static readonly string[] Devices = ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$", "CLOCK$"];

    /// <summary>Whether each part of <paramref name="path"/> is a name and nothing else.</summary>
    /// <param name="path">Names with slashes between them; without one at either end.</param>
    /// <param name="dotFiles">Whether names may begin with a dot.</param>
    public static bool IsBelow(ReadOnlySpan<char> path, bool dotFiles)
    {
        foreach (var part in path.Split('/'))
        {
            var name = path[part];
            if (!IsPlain(name, OperatingSystem.IsWindows()) || (name[0] == '.' && !dotFiles && !name.SequenceEqual(WellKnown)))
                return false;
        }
        return true;
    }

    /// <summary>Whether this is the name of one file: no separator, no way up, and on Windows nothing that the system reads as something else (CVE-2026-34515).</summary>
    public static bool IsPlain(ReadOnlySpan<char> name, bool windows)
    {
        if (name.IsEmpty || name is "." or ".." || name.ContainsAny(Never))
            return false;
        if (!windows)
            return true;
        return name[^1] is not ('.' or ' ') && !name.ContainsAny(NeverOnWindows) && !IsDevice(name) && !IsShortName(name);
    }

    // CON.txt is the console too, and so is "CON .txt".
    private static bool IsDevice(ReadOnlySpan<char> name)
    {
        int dot = name.IndexOf('.');
        var stem = (dot < 0 ? name : name[..dot]).TrimEnd(' ');
        foreach (string device in Devices)
        {
            if (stem.Equals(device, StringComparison.OrdinalIgnoreCase))
                return true;
        }
        return stem.Length == 4 && (char.IsAsciiDigit(stem[3]) || stem[3] is '\u00B9' or '\u00B2' or '\u00B3')
            && (stem.StartsWith("COM", StringComparison.OrdinalIgnoreCase) || stem.StartsWith("LPT", StringComparison.OrdinalIgnoreCase));
    }

    // GIT~1 is another name of .git.
    private static bool IsShortName(ReadOnlySpan<char> name)
    {
        int tilde = name.IndexOf('~');
        return tilde >= 0 && tilde + 1 < name.Length && char.IsAsciiDigit(name[tilde + 1]);
    }
}
