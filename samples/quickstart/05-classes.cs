#:project ../../src/Millrace/Millrace.csproj
// Handlers that belong together may be methods of an object, which holds what they share; or a view: a class with a method for each verb, made anew for each request.
using System.Collections.Concurrent;
using Millrace;
using static Millrace.Web;

var notes = new Notes();
var app = new Application();
app.AddRoutes(
    Get("/notes", notes.All),
    Put("/notes/{key}", notes.SaveAsync),
    View<Greeting>("/greeting/{name}"));
RunApp(app, new RunOptions { Port = args is [var port, ..] ? int.Parse(port) : 8080 });

class Notes
{
    // Several requests run at once.
    private readonly ConcurrentDictionary<string, string> _notes = new();

    public Response All(Request request) => Response.Text(string.Join('\n', _notes.OrderBy(note => note.Key).Select(note => $"{note.Key}: {note.Value}")));

    public async Task<Response> SaveAsync(Request request)
    {
        _notes[request.Match["key"]] = await request.TextAsync();
        return new Response(204);
    }
}

class Greeting : View
{
    public override ValueTask<StreamResponse> GetAsync() => new(Response.Text($"Hello, {Request.Match["name"]}"));

    public override async ValueTask<StreamResponse> PostAsync() => Response.Text($"{await Request.TextAsync()}, {Request.Match["name"]}");
}
