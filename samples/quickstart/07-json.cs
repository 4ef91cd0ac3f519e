#:project ../../src/Millrace/Millrace.csproj
// JSON out and in. The types are known when the program is built, so nothing is looked up at run time.
using System.Text.Json.Serialization;
using Millrace;
using static Millrace.Web;

var app = new Application();
app.AddRoutes(
    Get("/tea", request => Response.Json(new Order("tea", 1), ShopJson.Default.Order)),
    Post("/double", DoubleAsync));
RunApp(app, new RunOptions { Port = args is [var port, ..] ? int.Parse(port) : 8080 });

// What is no JSON is answered 400, what does not say that it is JSON 415.
static async Task<Response> DoubleAsync(Request request)
{
    var order = await request.JsonAsync(ShopJson.Default.Order) ?? throw new HttpBadRequestException("An order is needed.");
    return Response.Json(order with { Count = order.Count * 2 }, ShopJson.Default.Order);
}

record Order(string Item, int Count);

[JsonSerializable(typeof(Order))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
partial class ShopJson : JsonSerializerContext;
