using System.IO.Compression;
using System.Text;
using System.Text.Json;

namespace Millrace.Benchmarks;

/// <summary>The items that the JSON route serves and the files: made up, and the same on every run.</summary>
internal static class Dataset
{
    /// <summary>The directory of the files of <c>/static</c>.</summary>
    public const string StaticDirectory = "static";

    // Names and thousands of bytes. What is text has its br and gzip forms beside it.
    private static readonly (string Name, int Kilobytes)[] StaticFiles =
    [
        ("reset.css", 2), ("layout.css", 25), ("theme.css", 15), ("components.css", 40), ("utilities.css", 60), ("analytics.js", 15), ("helpers.js", 20), ("app.js", 120),
        ("vendor.js", 250), ("router.js", 30), ("header.html", 8), ("footer.html", 5), ("regular.woff2", 25), ("bold.woff2", 25), ("logo.svg", 4), ("icons.svg", 35),
        ("hero.webp", 45), ("thumb1.webp", 12), ("thumb2.webp", 12), ("manifest.json", 2),
    ];

    private const int Items = 50;

    private static readonly string[] Colours = ["Amber", "Cobalt", "Ivory", "Olive", "Scarlet"];
    private static readonly string[] Things = ["Lamp", "Kettle", "Chair", "Notebook", "Rack", "Compass", "Blanket"];
    private static readonly string[] Categories = ["kitchen", "office", "garden", "travel"];
    private static readonly string[] Tags = ["light", "sturdy", "new", "sale", "handmade", "recycled"];

    /// <summary>The names of the files of <c>/static</c>.</summary>
    public static IEnumerable<string> StaticNames => StaticFiles.Select(file => file.Name);

    /// <summary>Writes <c>dataset.json</c>, <c>static</c> and <c>files</c>.</summary>
    public static void WriteTo(string directory)
    {
        var items = Enumerable.Range(1, Items).Select(Make).ToArray();
        File.WriteAllBytes(Path.Combine(directory, "dataset.json"), JsonSerializer.SerializeToUtf8Bytes(items, ItemsJson.Default.ItemArray));
        string below = Directory.CreateDirectory(Path.Combine(directory, StaticDirectory)).FullName;
        foreach (var (name, kilobytes) in StaticFiles)
            WriteStatic(Path.Combine(below, name), kilobytes * 1000);
        string files = Directory.CreateDirectory(Path.Combine(directory, "files")).FullName;
        byte[] mebibyte = new byte[1024 * 1024];
        new Random(1).NextBytes(mebibyte);
        File.WriteAllBytes(Path.Combine(files, "1m.bin"), mebibyte);
        using var large = File.Create(Path.Combine(files, "100m.bin"));
        for (int i = 0; i < 100; i++)
            large.Write(mebibyte);
    }

    private static void WriteStatic(string path, int length)
    {
        var random = new Random(length);
        byte[] content = new byte[length];
        if (Path.GetExtension(path) is ".woff2" or ".webp")
        {
            random.NextBytes(content);
            File.WriteAllBytes(path, content);
            return;
        }
        var text = new StringBuilder(length + 100);
        while (text.Length < length)
            text.Append(Things[random.Next(Things.Length)]).Append(random.Next(1000)).Append(" { ").Append(Tags[random.Next(Tags.Length)]).Append(": ").Append(Colours[random.Next(Colours.Length)]).Append("; }\n");
        content = Encoding.ASCII.GetBytes(text.ToString(0, length));
        File.WriteAllBytes(path, content);
        using (var br = new BrotliStream(File.Create(path + ".br"), CompressionLevel.SmallestSize))
            br.Write(content);
        using var gzip = new GZipStream(File.Create(path + ".gz"), CompressionLevel.SmallestSize);
        gzip.Write(content);
    }

    private static Item Make(int id) => new(
        id,
        $"{Colours[id % Colours.Length]} {Things[id % Things.Length]}",
        Categories[id % Categories.Length],
        Price: 5 + id * 37 % 495,
        Quantity: 1 + id * 13 % 60,
        Active: id % 3 != 0,
        [.. Enumerable.Range(id, 1 + id % 3).Select(tag => Tags[tag % Tags.Length])],
        new Rating(Score: id * 7 % 50, Count: id * 29 % 500));
}
