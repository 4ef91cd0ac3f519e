#:project ../../src/Millrace/Millrace.csproj
// Where data lives: with the application, under a key with a type; with a request, from a middleware to the handler; and in an AsyncLocal,
// which every method below the handler sees and no other request.
using Millrace;
using static Millrace.Web;

var app = new Application { Middlewares = { SetUser } };
app.Set(Keys.Greeting, "Hello");
app.AddRoutes(Get("/", request => Response.Text($"{request.App.Get(Keys.Greeting)}, {request.Get(Keys.User)}, {Trace.Describe()}")));

var inner = new Application();
inner.AddRoutes(Get("/", request => Response.Text($"{request.App.Find(Keys.Greeting)} from inside")));
app.AddSubApplication("/inner", inner);
RunApp(app, new RunOptions { Port = args is [var port, ..] ? int.Parse(port) : 8080 });

static ValueTask<StreamResponse> SetUser(Request request, Handler next)
{
    request.Set(Keys.User, request.Query["user"] ?? "stranger");
    Trace.Id.Value = request.Headers["X-Request-Id"];
    return next(request);
}

static class Keys
{
    // A key is found by itself and not by its name: two libraries never meet.
    public static readonly AppKey<string> Greeting = new("greeting");
    public static readonly RequestKey<string> User = new("user");
}

static class Trace
{
    public static readonly AsyncLocal<string?> Id = new();

    public static string Describe() => $"request {Id.Value ?? "without a number"}";
}
