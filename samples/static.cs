#:project ../src/Millrace/Millrace.csproj
// A static site: a directory with its pages, styles and pictures.
//
//     dotnet run samples/static.cs 8080 ~/site
using System.Globalization;
using Millrace;
using static Millrace.Web;

string directory = args is [_, var given, ..] ? given : Directory.CreateTempSubdirectory("site-").FullName;
string start = Path.Combine(directory, "index.html");
if (!File.Exists(start))
    File.WriteAllText(start, "<!DOCTYPE html><title>A site</title><p>Put your files into this directory.");

var app = new Application();
app.AddRoutes([Static("/", directory, new StaticOptions { DefaultDocument = "index.html", CacheControl = "no-cache" })]);
RunApp(app, new RunOptions { Port = args is [var port, ..] ? int.Parse(port, CultureInfo.InvariantCulture) : 8080 });
