#:project ../../src/Millrace/Millrace.csproj
// Receivers that are told: of each response before its head goes out, of the start, of the word to stop, and of the end.
using Millrace;
using static Millrace.Web;

var app = new Application();
app.AddRoutes(Get("/", request => Response.Text("hello")));
app.OnResponsePrepare.Add((request, response) => response.Headers["X-Path"] = request.Path);
app.OnStartup.Add(app => Console.WriteLine("starts"));
app.OnShutdown.Add(app => Console.WriteLine("stops; requests finish"));
app.OnCleanup.Add(app => Console.WriteLine("has ended"));
RunApp(app, new RunOptions { Port = args is [var port, ..] ? int.Parse(port) : 8080 });
