#:project ../../src/Millrace/Millrace.csproj
// Error pages of one's own: a middleware around everything sees what the router refuses as a response, and what handlers throw as an exception.
using Millrace;
using static Millrace.Web;

var app = new Application { Middlewares = { ErrorPages } };
app.AddRoutes(
    Get("/", request => Response.Text("fine")),
    Get("/secret", request => throw new HttpForbiddenException()),
    Get("/members", request => throw new HttpUnauthorizedException("Bearer")),
    Get("/broken", request => throw new InvalidOperationException("not for strangers")));
RunApp(app, new RunOptions { Port = args is [var port, ..] ? int.Parse(port) : 8080 });

static async ValueTask<StreamResponse> ErrorPages(Request request, Handler next)
{
    StreamResponse response;
    try
    {
        response = await next(request);
        if (request.Refusal is null)
            return response;
    }
    catch (HttpException e)
    {
        response = e.ToResponse();
    }
    catch (Exception e) when (e is not (OperationCanceledException or TimeoutException or GracefulExit))
    {
        // What is caught here no longer reaches the server's log: say all of it.
        Console.WriteLine($"{request.Method} {request.Path} failed: {e}");
        response = new Response(500);
    }
    // A redirect that was thrown, or the answer to OPTIONS *.
    if (response.Status < 400)
        return response;
    string text = response.Status switch { 404 => "There is nothing here.", 403 => "This is not for you.", 405 => "Not in this way.", _ => "Something went wrong; we look into it." };
    var page = Response.Text($"<!doctype html><title>{response.Status}</title><h1>{text}</h1>", response.Status, "text/html; charset=utf-8");
    // These say what the client may do instead.
    foreach (string name in (string[])["Allow", "Retry-After", "WWW-Authenticate"])
        page.Headers[name] = response.Headers[name];
    return page;
}
