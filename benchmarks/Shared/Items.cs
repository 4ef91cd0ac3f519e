using System.Text.Json;
using System.Text.Json.Serialization;

namespace Millrace.Benchmarks;

/// <summary>The data of the JSON route: the same types, serialised by the same generated code, in both servers.</summary>
public sealed record Item(int Id, string Name, string Category, int Price, int Quantity, bool Active, IReadOnlyList<string> Tags, Rating Rating);

public sealed record Rating(int Score, int Count);

/// <summary>An item as it is sold: all its fields, and what the asked multiple of its stock is worth.</summary>
public sealed record PricedItem(int Id, string Name, string Category, int Price, int Quantity, bool Active, IReadOnlyList<string> Tags, Rating Rating, long Total);

public sealed record PricedItems(IReadOnlyList<PricedItem> Items, int Count);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Item[]))]
[JsonSerializable(typeof(PricedItems))]
public sealed partial class ItemsJson : JsonSerializerContext;

/// <summary>All items, read once at start-up.</summary>
public sealed class Catalogue(Item[] items)
{
    public int Count => items.Length;

    /// <summary>Reads <c>dataset.json</c> of a directory; without a directory there are no items.</summary>
    public static Catalogue Load(string? directory)
    {
        if (directory is null)
            return new Catalogue([]);
        byte[] json = File.ReadAllBytes(Path.Combine(directory, "dataset.json"));
        return new Catalogue(JsonSerializer.Deserialize(json, ItemsJson.Default.ItemArray) ?? []);
    }

    /// <summary>The first items; made anew for every request.</summary>
    public PricedItems Price(int count, int multiple)
    {
        var priced = new PricedItem[count];
        for (int i = 0; i < count; i++)
        {
            var item = items[i];
            long total = (long)item.Price * item.Quantity * multiple;
            priced[i] = new PricedItem(item.Id, item.Name, item.Category, item.Price, item.Quantity, item.Active, item.Tags, item.Rating, total);
        }
        return new PricedItems(priced, count);
    }
}
