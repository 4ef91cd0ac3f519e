#:project ../../src/Millrace/Millrace.csproj
// Middlewares stand around handlers: the first is the outermost. One with settings is made by a method; one for a route alone stands inside all others.
using Millrace;
using static Millrace.Web;

var app = new Application { Middlewares = { Named("outer"), Named("inner"), NormalizePath() } };
app.AddRoutes(
    Get("/", request => Response.Text("handler")),
    Get("/guarded/", request => Response.Text("handler")).Use(Named("route")),
    Get("/closed/", request => Response.Text("never")).Use((request, next) => throw new HttpForbiddenException("closed")));
RunApp(app, new RunOptions { Port = args is [var port, ..] ? int.Parse(port) : 8080 });

static Middleware Named(string name) => async (request, next) =>
{
    var response = await next(request);
    response.Headers["X-Passed"] = response.Headers["X-Passed"] is { } inside ? $"{name} {inside}" : name;
    return response;
};
