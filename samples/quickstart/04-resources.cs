#:project ../../src/Millrace/Millrace.csproj
// A resource is a path with routes for its methods. Its path may have variables; a name makes it the source of URLs.
using Millrace;
using static Millrace.Web;

var app = new Application();
app.AddRoutes(
    Get("/books", request => Response.Text("all books")),
    Post("/books", request => new Response(201)),
    Get("/books/{title}", request => Response.Text($"the book {request.Match["title"]}"), name: "book"),
    // An expression says what a variable may be; whatever does not match it is another path.
    Get(@"/shelves/{number:\d+}", request => Response.Text($"shelf {request.Match["number"]}")),
    Get("/files/{path...}", request => Response.Text($"the file {request.Match["path"]}")),
    Get("/newest", Newest),
    Get("/map", Map));
RunApp(app, new RunOptions { Port = args is [var port, ..] ? int.Parse(port) : 8080 });

// No path is written twice: the resource makes its own.
static Response Newest(Request request) =>
    Response.Text(request.App.Router["book"].UrlFor(("title", "Tea & Cake")).WithQuery(("page", "2")));

static Response Map(Request request) => Response.Text(string.Join('\n',
    from resource in request.App.Router.Resources
    select $"{resource.Path}: {string.Join(", ", resource.Routes.Select(route => route.Method).Order())}"));
