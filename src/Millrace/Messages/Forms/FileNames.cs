using System.Buffers;
using System.Text;

namespace Millrace.Messages;

/// <summary>Makes of a file name that a client sent one that means a file in a directory of ours and nothing else, on every system.</summary>
internal static class FileNames
{
    private const int BytesMax = 255;

    private static readonly SearchValues<char> Refused = SearchValues.Create(
        [.. "<>:\"|?*/\\", .. Enumerable.Range(0, 0x20).Select(value => (char)value), .. Enumerable.Range(0x7F, 0x21).Select(value => (char)value)]);

    public static string Safe(string fileName)
    {
        var last = fileName.AsSpan()[(fileName.AsSpan().LastIndexOfAny('/', '\\') + 1)..];
        var kept = new StringBuilder(last.Length);
        int bytes = 0;
        foreach (var rune in last.EnumerateRunes())
        {
            if (rune.IsBmp && Refused.Contains((char)rune.Value))
                continue;
            bytes += rune.Utf8SequenceLength;
            if (bytes > BytesMax - 1)
                break;
            kept.Append(rune.ToString());
        }
        // Leading dots hide a file, trailing dots and spaces are lost on Windows.
        string name = kept.ToString().Trim('.', ' ');
        return name.Length == 0 ? "file" : IsDevice(name) ? "_" + name : name;
    }

    private static bool IsDevice(string name)
    {
        int dot = name.IndexOf('.', StringComparison.Ordinal);
        string stem = (dot < 0 ? name : name[..dot]).TrimEnd(' ').ToUpperInvariant();
        return stem is "CON" or "PRN" or "AUX" or "NUL" or "CONIN$" or "CONOUT$"
            || (stem.Length == 4 && stem[..3] is "COM" or "LPT" && stem[3] is (>= '0' and <= '9') or '\u00B9' or '\u00B2' or '\u00B3');
    }
}
