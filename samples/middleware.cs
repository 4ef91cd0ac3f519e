#:project ../src/Millrace/Millrace.csproj
// A tour of middlewares: times in a field, pages for errors, paths brought in order, a user for the handler, and a guard on one route alone.
//
//     dotnet run samples/middleware.cs 8080        then: curl -i http://localhost:8080/hello/ada
using System.Diagnostics;
using Millrace;
using static Millrace.Web;

var user = new RequestKey<string>("user");

// The first is the outermost: it sees what all the others do.
var app = new Application { Middlewares = { Timing, ErrorPages, NormalizePath(), FindUser } };
app.AddRoutes(
    Get("/hello/{name}/", request => Response.Text($"Hello, {request.Match["name"]}, from {request.Get(user)}")),
    Get("/admin", request => Response.Text("secrets")).Use(OnlyFor("root")),
    Get("/old/{rest...}", request => Response.Text("never reached")).Use(MoveAway));

// Told of each response, whoever made it.
app.OnResponsePrepare.Add((request, response) => response.Headers["X-Content-Type-Options"] = "nosniff");
RunApp(app, new RunOptions { Port = args is [var port, ..] ? int.Parse(port) : 8080 });

static async ValueTask<StreamResponse> Timing(Request request, Handler next)
{
    long started = Stopwatch.GetTimestamp();
    var response = await next(request);
    response.Headers["Server-Timing"] = $"app;dur={Stopwatch.GetElapsedTime(started).TotalMilliseconds:F1}";
    return response;
}

// What handlers throw comes as an exception, what the router refuses as a response.
static async ValueTask<StreamResponse> ErrorPages(Request request, Handler next)
{
    try
    {
        var response = await next(request);
        return response.Status == 404 && request.Refusal is not null ? Response.Text("There is nothing here.", 404) : response;
    }
    catch (HttpException e) when (e.Status == 403)
    {
        return Response.Text($"Not for you: {e.Message}", 403);
    }
}

// Stands for a real check: a name that the client gives proves nothing.
ValueTask<StreamResponse> FindUser(Request request, Handler next)
{
    request.Set(user, request.Query["user"] ?? "nobody");
    return next(request);
}

Middleware OnlyFor(string name) => (request, next) =>
    request.Get(user) == name ? next(request) : throw new HttpForbiddenException($"this is for {name}.");

// A clone with another path finds its route anew.
static ValueTask<StreamResponse> MoveAway(Request request, Handler next) =>
    next(request.Clone(target: $"/hello/{request.Match["rest"]}/?{request.QueryString}"));
