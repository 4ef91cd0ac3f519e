#:project ../../src/Millrace/Millrace.csproj
// Web.Main takes the address from the command line; what is left of it belongs to the application.
//
//     dotnet run samples/quickstart/02-command-line.cs -- -H localhost -P 8080 ada bob
using Millrace;

return Web.Main(args, MakeApp);

static Application MakeApp(string[] names)
{
    var app = new Application();
    app.AddRoutes(Web.Get("/", request => Response.Text($"Hello, {string.Join(" and ", names)}")));
    return app;
}
