#:project ../../src/Millrace/Millrace.csproj
// A redirect is returned or thrown; where it leads to is best made by the name of a route.
using Millrace;
using static Millrace.Web;

var app = new Application();
app.AddRoutes(
    Get("/", request => Response.Redirect("/login")),
    Get("/login", request => Response.Text("log in here"), name: "login"),
    Get("/account", request => throw new HttpSeeOtherException(request.App.Router["login"].UrlFor().WithQuery(("from", request.Path)))));
RunApp(app, new RunOptions { Port = args is [var port, ..] ? int.Parse(port) : 8080 });
