#:project ../../src/Millrace/Millrace.csproj
// An answer may be thrown, from however deep below a handler. There is a class for each error; any other exception is logged, and a 500 that tells nothing.
using Millrace;
using static Millrace.Web;

var app = new Application();
app.AddRoutes(
    Get("/items/{id}", request => Response.Text(Find(request.Match["id"]))),
    Get("/busy", request => throw new HttpServiceUnavailableException(retryAfter: TimeSpan.FromSeconds(30))),
    Get("/teapot", request => throw new HttpException(418, "short and stout")),
    Get("/slow", request => throw new TimeoutException("answered as 504")));
RunApp(app, new RunOptions { Port = args is [var port, ..] ? int.Parse(port) : 8080 });

static string Find(string id) => int.TryParse(id, out int number)
    ? number is > 0 and < 10 ? $"item {number}" : throw new HttpNotFoundException("There is no such item.")
    : throw new HttpBadRequestException("An item has a number.");
