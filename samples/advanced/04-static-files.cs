#:project ../../src/Millrace/Millrace.csproj
// A directory of files below a path, and a page that links to them by URLs that change with the file: those may be kept for ever.
using Millrace;
using static Millrace.Web;

string folder = AppContext.GetData("EntryPointFileDirectoryPath") as string ?? AppContext.BaseDirectory;
var assets = new StaticFiles(Path.Combine(folder, "assets"), new StaticOptions { ShowIndex = true });

var app = new Application();
app.AddRoutes(
    Static("/assets", assets),
    Get("/", request => Response.Text($"""
        <!doctype html>
        <title>Files</title>
        <link rel="stylesheet" href="/assets/site.css?v={assets.VersionOf("site.css")}">
        <p><a href="/assets/">All files</a>
        """, contentType: "text/html; charset=utf-8")));
RunApp(app, new RunOptions { Port = args is [var port, ..] ? int.Parse(port) : 8080 });
