#:project ../src/Millrace/Millrace.csproj
// A chat in the browser: rooms, names, and who is here. Its page, chat.html, comes back by itself when the server was away.
//
//     dotnet run samples/chat.cs 8080        then open http://localhost:8080/ in two windows
using System.Text.Json.Serialization;
using Millrace;
using static Millrace.Web;

const int NameLengthMax = 30;
const int MessageBytesMax = 4096;

// Where this file is, as "dotnet run" tells a program; a published one has its page beside it.
string folder = AppContext.GetData("EntryPointFileDirectoryPath") as string ?? AppContext.BaseDirectory;

var hub = new WebSocketHub();
var present = new Dictionary<string, List<string>>();

var app = new Application();
app.AddRoutes(
    Get("/", request => new FileResponse(Path.Combine(folder, "chat.html"))),
    Get("/rooms/{room}", ChatAsync));
RunApp(app, new RunOptions { Port = args is [var port, ..] ? int.Parse(port) : 8080 });

async Task<WebSocketResponse> ChatAsync(Request request)
{
    string room = Name(request.Match["room"]);
    string name = Name(request.Query["name"]);
    var ws = new WebSocketResponse { MessageBytesMax = MessageBytesMax };
    await ws.PrepareAsync(request);
    using var membership = hub.Join(room, ws);
    Enter(room, name);
    try
    {
        await foreach (var message in ws)
        {
            if (message.Text.Trim() is { Length: > 0 } text)
                hub.SendJson(room, new Notice("said", name, text), ChatJson.Default.Notice);
        }
    }
    finally
    {
        Leave(room, name);
    }
    return ws;
}

// Under one lock, so that everybody learns of comings and goings in the order in which they were; sending to a hub waits for nobody.
void Enter(string room, string name)
{
    lock (present)
    {
        if (!present.TryGetValue(room, out var names))
            present[room] = names = [];
        names.Add(name);
        hub.SendJson(room, new Notice("came", name, People: [.. names]), ChatJson.Default.Notice);
    }
}

void Leave(string room, string name)
{
    lock (present)
    {
        var names = present[room];
        names.Remove(name);
        if (names.Count == 0)
            present.Remove(room);
        hub.SendJson(room, new Notice("went", name, People: [.. names]), ChatJson.Default.Notice);
    }
}

static string Name(string? text) => text?.Trim() is { Length: > 0 and <= NameLengthMax } name
    ? name
    : throw new HttpBadRequestException($"Rooms and people have names of 1 to {NameLengthMax} characters.");

/// <param name="Type">"came", "went" or "said".</param>
/// <param name="People">Who is in the room now; told with comings and goings.</param>
record Notice(string Type, string Who, string? Text = null, string[]? People = null);

[JsonSerializable(typeof(Notice))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
partial class ChatJson : JsonSerializerContext;
