#:project ../../src/Millrace/Millrace.csproj
// Two ways to say the same: a list of routes where the application is made, and a table that is filled beside the handlers and added as a whole.
using Millrace;
using static Millrace.Web;

Route[] pages =
[
    Get("/", request => Response.Text("start")),
    Get("/about", request => Response.Text("about")),
];

var app = new Application();
app.AddRoutes(pages);
app.AddRoutes(Weather.Routes);
RunApp(app, new RunOptions { Port = args is [var port, ..] ? int.Parse(port) : 8080 });

static class Weather
{
    public static RouteTable Routes { get; } = new();

    static Weather()
    {
        Routes.Get("/weather", request => Response.Text("rain"));
        Routes.Post("/weather", request => throw new HttpForbiddenException("Nobody makes the weather."));
    }
}
