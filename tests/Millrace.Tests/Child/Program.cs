// Run by SignalTests: a server whose handler says that it runs and then takes as long as the test wants.
using Millrace;
using static Millrace.Web;

var app = new Application();
app.AddRoutes([Get("/", Hello), Get("/wait", WaitForLineAsync)]);
RunApp(app, new RunOptions { Host = "127.0.0.1", Port = 0 });
Console.WriteLine("ended");

static Response Hello(Request request) => Response.Text("Hello, world");

static async Task<Response> WaitForLineAsync(Request request)
{
    Console.WriteLine("running");
    return Response.Text(await Console.In.ReadLineAsync() ?? "");
}
