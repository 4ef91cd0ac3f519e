using System.Text.Json;

namespace Millrace.Benchmarks;

/// <summary>The items that the JSON route serves: made up, and the same on every run.</summary>
internal static class Dataset
{
    private const int Items = 50;

    private static readonly string[] Colours = ["Amber", "Cobalt", "Ivory", "Olive", "Scarlet"];
    private static readonly string[] Things = ["Lamp", "Kettle", "Chair", "Notebook", "Rack", "Compass", "Blanket"];
    private static readonly string[] Categories = ["kitchen", "office", "garden", "travel"];
    private static readonly string[] Tags = ["light", "sturdy", "new", "sale", "handmade", "recycled"];

    /// <summary>Writes <c>dataset.json</c>.</summary>
    public static void WriteTo(string directory)
    {
        var items = Enumerable.Range(1, Items).Select(Make).ToArray();
        File.WriteAllBytes(Path.Combine(directory, "dataset.json"), JsonSerializer.SerializeToUtf8Bytes(items, ItemsJson.Default.ItemArray));
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
