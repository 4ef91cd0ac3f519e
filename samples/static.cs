#:project ../src/Millrace/Millrace.csproj
// A static site: a directory with its pages, styles and pictures.
//
//     dotnet run samples/static.cs 8080 ~/site
using System.Globalization;
using Millrace;
using static Millrace.Web;

if (args is not [var port, var directory])
{
    Console.Error.WriteLine("usage: dotnet run static.cs PORT DIRECTORY");
    return 2;
}

var app = new Application();
app.AddRoutes([Static("/", directory, new StaticOptions { DefaultDocument = "index.html", CacheControl = "no-cache" })]);
RunApp(app, new RunOptions { Port = int.Parse(port, CultureInfo.InvariantCulture) });
return 0;
