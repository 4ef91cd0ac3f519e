#:project ../../src/Millrace/Millrace.csproj
// Error pages of one's own: a middleware around everything sees what the router refuses as a response, and what handlers throw as an exception.
using Millrace;
using static Millrace.Web;

var app = new Application { Middlewares = { ErrorPages } };
app.AddRoutes(
    Get("/", request => Response.Text("fine")),
    Get("/secret", request => throw new HttpForbiddenException()),
    Get("/broken", request => throw new InvalidOperationException("not for strangers")));
RunApp(app, new RunOptions { Port = args is [var port, ..] ? int.Parse(port) : 8080 });

static async ValueTask<StreamResponse> ErrorPages(Request request, Handler next)
{
    int status;
    try
    {
        var response = await next(request);
        if (request.Refusal is null)
            return response;
        status = response.Status;
    }
    catch (HttpException e)
    {
        status = e.Status;
    }
    catch (Exception e) when (e is not OperationCanceledException)
    {
        Console.WriteLine($"{request.Path} is broken: {e.Message}");
        status = 500;
    }
    string text = status switch { 404 => "There is nothing here.", 403 => "This is not for you.", 405 => "Not in this way.", _ => "Something went wrong; we look into it." };
    return Response.Text($"<!doctype html><title>{status}</title><h1>{text}</h1>", status, "text/html; charset=utf-8");
}
