#:project ../../src/Millrace/Millrace.csproj
// A handler takes a request and gives a response: at once, or later as a Task. A route is for one method; GET answers HEAD too.
using Millrace;
using static Millrace.Web;

var app = new Application();
app.AddRoutes(
    Get("/", request => Response.Text("at once")),
    Get("/later", LaterAsync),
    Get("/no-head", request => Response.Text("for GET alone")).WithoutHead(),
    Post("/", EchoAsync),
    Put("/", EchoAsync),
    Route("*", "/anything", request => Response.Text($"{request.Method} it is")));
RunApp(app, new RunOptions { Port = args is [var port, ..] ? int.Parse(port) : 8080 });

static async Task<Response> LaterAsync(Request request)
{
    await Task.Delay(10, request.Aborted);
    return Response.Text("later");
}

static async Task<Response> EchoAsync(Request request) => Response.Text($"{request.Method}: {await request.TextAsync()}");
