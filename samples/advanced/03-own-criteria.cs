#:project ../../src/Millrace/Millrace.csproj
// The router chooses by method, host and path. Whatever else decides, here what the client accepts, is chosen by a handler of one's own; and a path
// that follows rules of one's own is a resource with a handler behind "{rest...}".
using System.Globalization;
using Millrace;
using static Millrace.Web;

var app = new Application();
app.AddRoutes(
    Get("/tea", new ByAccept
    {
        ["text/html"] = request => Response.Text("<p>tea", contentType: "text/html; charset=utf-8"),
        ["application/json"] = request => Response.Text("\"tea\"", contentType: "application/json"),
    }.Choose),
    // Finds days of the calendar: 2026/02/28 is one, 2026/02/30 is not.
    Get("/diary/{day...}", request => DateOnly.TryParseExact(request.Match["day"], "yyyy/MM/dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
        ? Response.Text($"{day:dddd}")
        : throw new HttpNotFoundException()));
RunApp(app, new RunOptions { Port = args is [var port, ..] ? int.Parse(port) : 8080 });

class ByAccept : Dictionary<string, Func<Request, Response>>
{
    public Response Choose(Request request)
    {
        string accept = request.Headers["Accept"] ?? "*/*";
        foreach (var (type, handler) in this)
        {
            if (accept.Contains(type, StringComparison.OrdinalIgnoreCase) || accept.Contains("*/*", StringComparison.Ordinal))
                return handler(request);
        }
        throw new HttpNotAcceptableException($"There is {string.Join(" and ", Keys)}.");
    }
}
