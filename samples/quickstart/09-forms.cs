#:project ../../src/Millrace/Millrace.csproj
// A form of a page: GET shows it, POST reads what was filled in.
using System.Net;
using Millrace;
using static Millrace.Web;

const string Page = """
    <!doctype html>
    <title>Log in</title>
    <form method="post" action="/login">
      <input name="name" placeholder="Name"> <input name="password" type="password" placeholder="Password"> <button>Log in</button>
    </form>
    """;

var app = new Application();
app.AddRoutes(
    Get("/login", request => Response.Text(Page, contentType: "text/html; charset=utf-8")),
    Post("/login", LogInAsync));
RunApp(app, new RunOptions { Port = args is [var port, ..] ? int.Parse(port) : 8080 });

static async Task<Response> LogInAsync(Request request)
{
    var form = await request.PostAsync();
    string name = form["name"] is { Length: > 0 } given ? given : throw new HttpBadRequestException("A name is needed.");
    if (form["password"] != "tea")
        throw new HttpForbiddenException("The password is wrong.");
    // What came from outside never goes into a page as it is.
    return Response.Text($"<p>Welcome, {WebUtility.HtmlEncode(name)}", contentType: "text/html; charset=utf-8");
}
