#:project ../src/Millrace/Millrace.csproj
using Millrace;
using static Millrace.Web;

var app = new Application();
app.AddRoutes([Get("/", Hello), Get("/hello/{name}", Greet)]);
RunApp(app);

static Response Hello(Request request) => Response.Text("Hello, world");

static async Task<Response> Greet(Request request)
{
    await Task.Delay(10);
    return Response.Text($"Hello, {request.Match["name"]}");
}
