#:project ../../src/Millrace/Millrace.csproj
// A handler, an application, a route to the handler, and a call that runs it until Ctrl-C.
using Millrace;
using static Millrace.Web;

var app = new Application();
app.AddRoutes(Get("/", Hello));
RunApp(app, new RunOptions { Port = args is [var port, ..] ? int.Parse(port) : 8080 });

static Response Hello(Request request) => Response.Text("Hello from Millrace");
