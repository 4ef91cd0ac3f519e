#:project ../../src/Millrace/Millrace.csproj
// An application below a path of another, with routes, names and middlewares of its own; and one for hosts of its own.
using System.Security.Cryptography;
using System.Text;
using Millrace;
using static Millrace.Web;

var admin = new Application { Middlewares = { OnlyForRoot } };
admin.AddRoutes(
    Get("/", request => Response.Text($"users: {admin.Router["user"].UrlFor(("name", "ada"))}")),
    Get("/users/{name}", request => Response.Text($"user {request.Match["name"]}"), name: "user"));

var images = new Application();
images.AddRoutes(Get("/", request => Response.Text($"images of {request.Host}")));

var app = new Application();
app.AddRoutes(Get("/", request => Response.Text("outside")));
app.AddSubApplication("/admin", admin);
app.AddDomain("*.images.example.com", images);
RunApp(app, new RunOptions { Port = args is [var port, ..] ? int.Parse(port) : 8080 });

// Stands around everything below /admin, also what is not there. A real token is long, random, and not in the source.
static ValueTask<StreamResponse> OnlyForRoot(Request request, Handler next) =>
    CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(request.Headers["Authorization"] ?? ""), "Bearer root's token"u8)
        ? next(request)
        : throw new HttpUnauthorizedException("Bearer");
