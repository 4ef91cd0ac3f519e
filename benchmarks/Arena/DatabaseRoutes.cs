using System.Globalization;
using System.Text.Json.Serialization;
using Millrace;
using Millrace.Benchmarks;
using static Millrace.Web;

/// <summary>The routes over the items table; there are none without a database.</summary>
internal sealed class DatabaseRoutes(ItemStore store)
{
    private const int LimitMax = 50;

    private readonly ItemCache _cache = new(TimeProvider.System);

    public Route[] All =>
    [
        Get("/async-db", InPriceRange),
        Get("/crud/items", InCategory),
        Get("/crud/items/{id}", Read),
        Post("/crud/items", Create),
        Put("/crud/items/{id}", Change),
    ];

    private async Task<Response> InPriceRange(Request request)
    {
        var items = await store.InPriceRangeAsync(Number(request, "min", 10), Number(request, "max", 50), Limit(request, LimitMax), request.Aborted);
        return Response.Json(new ItemRange(items, items.Count), StoreJson.Default.ItemRange);
    }

    private async Task<Response> InCategory(Request request)
    {
        int page = Math.Max(1, Number(request, "page", 1)), limit = Limit(request, 10);
        var items = await store.InCategoryAsync(request.Query["category"] ?? "electronics", page, limit, request.Aborted);
        return Response.Json(new ItemPage(items, items.Count, page, limit), StoreJson.Default.ItemPage);
    }

    private async Task<Response> Read(Request request)
    {
        int id = Id(request);
        if (_cache.Find(id) is { } kept)
            return ItemResponse(kept, "HIT");
        var item = await store.FindAsync(id, request.Aborted) ?? throw new HttpException(404);
        _cache.Keep(item);
        return ItemResponse(item, "MISS");
    }

    private async Task<Response> Create(Request request)
    {
        var item = await request.JsonAsync(StoreJson.Default.NewItem) ?? throw new HttpException(400);
        await store.PutAsync(item, request.Aborted);
        _cache.Drop(item.Id);
        return Response.Json(item, StoreJson.Default.NewItem, 201);
    }

    private async Task<Response> Change(Request request)
    {
        int id = Id(request);
        var change = await request.JsonAsync(StoreJson.Default.ItemChange) ?? throw new HttpException(400);
        if (!await store.ChangeAsync(id, change, request.Aborted))
            throw new HttpException(404);
        _cache.Drop(id);
        return Response.Json(change, StoreJson.Default.ItemChange);
    }

    private static Response ItemResponse(Item item, string cache)
    {
        var response = Response.Json(item, StoreJson.Default.Item);
        response.Headers["X-Cache"] = cache;
        return response;
    }

    private static int Limit(Request request, int otherwise) => Math.Clamp(Number(request, "limit", otherwise), 1, LimitMax);

    private static int Number(Request request, string name, int otherwise) => request.Query[name] is { } text ? Parse(text) : otherwise;

    private static int Id(Request request) => Parse(request.Match["id"]);

    private static int Parse(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : throw new HttpException(400);
}

internal sealed record ItemRange(List<Item> Items, int Count);

internal sealed record ItemPage(List<Item> Items, int Total, int Page, int Limit);

internal sealed record NewItem(int Id, string Name, string Category, int Price, int Quantity);

internal sealed record ItemChange(string Name, int Price, int Quantity);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Item))]
[JsonSerializable(typeof(ItemRange))]
[JsonSerializable(typeof(ItemPage))]
[JsonSerializable(typeof(NewItem))]
[JsonSerializable(typeof(ItemChange))]
[JsonSerializable(typeof(string[]))]
internal sealed partial class StoreJson : JsonSerializerContext;
