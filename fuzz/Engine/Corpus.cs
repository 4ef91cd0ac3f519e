using System.Globalization;
using System.Text;
using Millrace.Cases;

namespace Millrace.Fuzz.Engine;

/// <summary>The inputs a target starts from: one escaped line each in corpus/&lt;target&gt;/*.txt, whole files otherwise, and the case files.</summary>
internal static class Corpus
{
    public static List<byte[]> Load(string target, bool withCases, int lengthMax)
    {
        var seeds = new List<byte[]>();
        string folder = Path.Combine(AppContext.BaseDirectory, "corpus", target);
        string[] files = Directory.Exists(folder) ? Directory.GetFiles(folder) : [];
        foreach (string file in files.Order(StringComparer.Ordinal))
        {
            if (Path.GetExtension(file) == ".txt")
                seeds.AddRange(File.ReadLines(file, Encoding.Latin1).Select(Unescape));
            else
                seeds.Add(File.ReadAllBytes(file));
        }
        if (withCases)
            seeds.AddRange(Cases(lengthMax));
        return seeds.Count > 0 ? seeds : throw new InvalidOperationException($"The target {target} has no seeds.");
    }

    /// <summary>The bytes of the case files, those of a handy size.</summary>
    public static IEnumerable<byte[]> Cases(int lengthMax) => CaseFile.LoadFolder(Path.Combine(AppContext.BaseDirectory, "cases", "http1"))
        .Select(one => one.Bytes).Where(bytes => bytes.Length <= lengthMax);

    // The escapes of the case files: \r, \n, \t, \\ and \xNN.
    private static byte[] Unescape(string line)
    {
        var bytes = new List<byte>();
        for (int i = 0; i < line.Length; i++)
        {
            if (line[i] != '\\')
            {
                bytes.Add((byte)line[i]);
                continue;
            }
            char escape = line[++i];
            if (escape == 'x')
            {
                bytes.Add(byte.Parse(line.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
                i += 2;
                continue;
            }
            bytes.Add(escape switch { 'r' => (byte)'\r', 'n' => (byte)'\n', 't' => (byte)'\t', _ => (byte)escape });
        }
        return [.. bytes];
    }
}
