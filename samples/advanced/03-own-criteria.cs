#:project ../../src/Millrace/Millrace.csproj
// The router chooses by method, host and path. Whatever else decides, here what the client accepts, is chosen by a handler of one's own; and a path
// that follows rules of one's own is a resource with a handler behind "{rest...}".
using System.Globalization;
using System.Net.Http.Headers;
using Millrace;
using static Millrace.Web;

var app = new Application();
app.AddRoutes(
    Get("/tea", new ByAccept(
        ("text/html", request => Response.Text("<p>tea", contentType: "text/html; charset=utf-8")),
        ("application/json", request => Response.Text("\"tea\"", contentType: "application/json"))).Choose),
    // Finds days of the calendar: 2026/02/28 is one, 2026/02/30 is not.
    Get("/diary/{day...}", request => DateOnly.TryParseExact(request.Match["day"], "yyyy/MM/dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
        ? Response.Text($"{day:dddd}")
        : throw new HttpNotFoundException()));
RunApp(app, new RunOptions { Port = args is [var port, ..] ? int.Parse(port) : 8080 });

// Of the types that the client likes best, the first in the list (RFC 9110 section 12.5.1).
sealed class ByAccept(params (string Type, Func<Request, Response> Handler)[] offers)
{
    public Response Choose(Request request)
    {
        var ranges = new List<MediaTypeWithQualityHeaderValue>();
        foreach (string member in (request.Headers["Accept"] ?? "*/*").Split(','))
        {
            if (MediaTypeWithQualityHeaderValue.TryParse(member, out var range))
                ranges.Add(range);
        }
        var best = offers.MaxBy(offer => Quality(offer.Type, ranges));
        if (Quality(best.Type, ranges) == 0)
            throw new HttpNotAcceptableException($"There is {string.Join(" and ", offers.Select(offer => offer.Type))}.") { Headers = { ["Vary"] = "Accept" } };
        var response = best.Handler(request);
        response.Headers["Vary"] = "Accept";
        return response;
    }

    // The most specific range counts: text/html before text/* before */*.
    private static double Quality(string type, List<MediaTypeWithQualityHeaderValue> ranges)
    {
        foreach (string wanted in (string[])[type, $"{type.Split('/')[0]}/*", "*/*"])
        {
            if (ranges.Find(range => wanted.Equals(range.MediaType, StringComparison.OrdinalIgnoreCase)) is { } found)
                return found.Quality ?? 1;
        }
        return 0;
    }
}
