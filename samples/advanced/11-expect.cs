#:project ../../src/Millrace/Millrace.csproj
// A client that says "Expect: 100-continue" sends its body when it is told to go on, which is when the handler reads. Whoever refuses before never gets it.
using Millrace;
using static Millrace.Web;

var app = new Application();
app.AddRoutes(Put("/files/{name}", SaveAsync).Use(CheckFirst).LimitBody(1_000_000));
RunApp(app, new RunOptions { Port = args is [var port, ..] ? int.Parse(port) : 8080 });

static ValueTask<StreamResponse> CheckFirst(Request request, Handler next) =>
    request.Headers["Authorization"] is null ? throw new HttpUnauthorizedException("Basic realm=\"files\"") : next(request);

static async Task<Response> SaveAsync(Request request) => Response.Text($"{(await request.ReadAsync()).Length} bytes of {request.Match["name"]}", 201);
