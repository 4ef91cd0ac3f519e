#:project ../src/Millrace/Millrace.csproj
// Two applications in one: an API below a path with its own middleware, and a shop below a path with a parameter. They share what the outer one keeps.
//
//     dotnet run samples/subapps.cs 8080        then: curl http://localhost:8080/acme/shop/order
using System.Security.Cryptography;
using System.Text;
using Millrace;
using static Millrace.Web;

var orders = new AppKey<Orders>("orders");
var greeting = new AppKey<string>("greeting");

var app = new Application();
app.Set(orders, new Orders());
app.Set(greeting, "Welcome");
app.AddRoutes(Get("/", request => Response.Text(request.App.Find(greeting))));

var shop = new Application();
shop.Set(greeting, "Welcome to the shop");
shop.AddRoutes(
    Get("/", request => Response.Text($"{request.App.Find(greeting)} of {request.Match["tenant"]}"), name: "home"),
    Post("/order", request =>
    {
        int number = request.App.Find(orders).Add();
        var response = Response.Text($"order {number}", 201);
        response.Headers["Location"] = shop.Router["home"].UrlFor(("tenant", request.Match["tenant"]));
        return response;
    }));

var api = new Application { Middlewares = { RequireToken } };
api.AddRoutes(Get("/orders", request => Response.Text($"{request.App.Find(orders).Count}")));

app.AddSubApplication("/{tenant}/shop", shop);
app.AddSubApplication("/api", api);
RunApp(app, new RunOptions { Port = args is [var port, ..] ? int.Parse(port) : 8080 });

// Stands around everything below /api, its 404 too. A real token is long, random, and not in the source; comparing takes as long for every wrong one.
static ValueTask<StreamResponse> RequireToken(Request request, Handler next) =>
    CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(request.Headers["Authorization"] ?? ""), "Bearer secret"u8)
        ? next(request)
        : throw new HttpUnauthorizedException("Bearer", "Say who you are.");

sealed class Orders
{
    private int _count;

    public int Count => Volatile.Read(ref _count);

    public int Add() => Interlocked.Increment(ref _count);
}
