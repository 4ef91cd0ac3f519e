#:project ../../src/Millrace/Millrace.csproj
// Paths in any script. They are written as people write them; a client sends them percent-encoded, and both are one path.
using Millrace;
using static Millrace.Web;

var app = new Application();
app.AddRoutes(
    Get("/меню/чай", request => Response.Text("чай")),
    Get(@"/straße/{ort:\w+}", request => Response.Text($"nach {request.Match["ort"]}"), name: "road"),
    Get("/road", request => Response.Text(request.App.Router["road"].UrlFor(("ort", "München")))));
RunApp(app, new RunOptions { Port = args is [var port, ..] ? int.Parse(port) : 8080 });
