#:project ../src/Millrace/Millrace.csproj
#:package Microsoft.Data.Sqlite@10.0.15
#:property ManagePackageVersionsCentrally=false
// A REST API over SQLite. SQLite works on the caller's thread, files and locks and all: on Linux no other connection waits for that.
//
//     dotnet run samples/todo.cs 8080 todo.db          (without a file the data lives as long as the program)
//     curl -H 'Content-Type: application/json' -d '{"title":"Buy milk"}' http://localhost:8080/todos
//     curl 'http://localhost:8080/todos?done=false'
using System.Text.Json.Serialization;
using Microsoft.Data.Sqlite;
using Millrace;
using static Millrace.Web;

string source = args is [_, var file, ..] ? $"Data Source={file}" : "Data Source=todos;Mode=Memory;Cache=Shared";
// A database in memory lives as long as somebody is connected to it.
await using var kept = new SqliteConnection(source);
await kept.OpenAsync();
await ExecuteAsync("CREATE TABLE IF NOT EXISTS todos (id INTEGER PRIMARY KEY, title TEXT NOT NULL, done INTEGER NOT NULL DEFAULT 0)");

var app = new Application();
app.AddRoutes([
    Get("/todos", ListAsync),
    Post("/todos", CreateAsync),
    Get("/todos/{id}", ShowAsync),
    Put("/todos/{id}", ReplaceAsync),
    Delete("/todos/{id}", DeleteAsync),
]);
await RunAppAsync(app, new RunOptions { Port = args is [var port, ..] ? int.Parse(port) : 8080 });

async Task<Response> ListAsync(Request request)
{
    string where = request.Query["done"] switch
    {
        null => "",
        "true" => "WHERE done = 1",
        "false" => "WHERE done = 0",
        _ => throw new HttpBadRequestException("done is true or false."),
    };
    return Response.Json(await QueryAsync($"SELECT id, title, done FROM todos {where} ORDER BY id"), TodoJson.Default.ListTodo);
}

async Task<Response> ShowAsync(Request request) => One(await QueryAsync("SELECT id, title, done FROM todos WHERE id = $id", ("$id", Id(request))));

async Task<Response> CreateAsync(Request request)
{
    var draft = await ReadDraftAsync(request);
    var todo = (await QueryAsync("INSERT INTO todos (title, done) VALUES ($title, $done) RETURNING id, title, done", ("$title", draft.Title), ("$done", draft.Done)))[0];
    var response = Response.Json(todo, TodoJson.Default.Todo, 201);
    response.Headers["Location"] = $"/todos/{todo.Id}";
    return response;
}

async Task<Response> ReplaceAsync(Request request)
{
    var draft = await ReadDraftAsync(request);
    var changed = await QueryAsync(
        "UPDATE todos SET title = $title, done = $done WHERE id = $id RETURNING id, title, done",
        ("$title", draft.Title), ("$done", draft.Done), ("$id", Id(request)));
    return One(changed);
}

async Task<Response> DeleteAsync(Request request) =>
    await ExecuteAsync("DELETE FROM todos WHERE id = $id", ("$id", Id(request))) == 1 ? new Response(204) : throw new HttpNotFoundException();

static Response One(List<Todo> found) => found is [var todo] ? Response.Json(todo, TodoJson.Default.Todo) : throw new HttpNotFoundException();

static long Id(Request request) => long.TryParse(request.Match["id"], out long id) ? id : throw new HttpNotFoundException();

// A wrong Content-Type is answered with 415, bad JSON with 400; what JSON cannot know is asked here.
static async Task<Draft> ReadDraftAsync(Request request) =>
    await request.JsonAsync(TodoJson.Default.Draft) is { Title.Length: > 0 and <= 200 } draft
        ? draft
        : throw new HttpUnprocessableContentException("A title has 1 to 200 characters.");

async Task<List<Todo>> QueryAsync(string sql, params (string Name, object Value)[] parameters)
{
    await using var connection = new SqliteConnection(source);
    await connection.OpenAsync();
    await using var command = Command(connection, sql, parameters);
    await using var reader = await command.ExecuteReaderAsync();
    var todos = new List<Todo>();
    while (await reader.ReadAsync())
        todos.Add(new Todo(reader.GetInt64(0), reader.GetString(1), reader.GetBoolean(2)));
    return todos;
}

async Task<int> ExecuteAsync(string sql, params (string Name, object Value)[] parameters)
{
    await using var connection = new SqliteConnection(source);
    await connection.OpenAsync();
    await using var command = Command(connection, sql, parameters);
    return await command.ExecuteNonQueryAsync();
}

static SqliteCommand Command(SqliteConnection connection, string sql, (string Name, object Value)[] parameters)
{
    var command = connection.CreateCommand();
    command.CommandText = sql;
    foreach (var (name, value) in parameters)
        command.Parameters.AddWithValue(name, value);
    return command;
}

record Todo(long Id, string Title, bool Done);

record Draft(string Title, bool Done = false);

[JsonSerializable(typeof(Todo))]
[JsonSerializable(typeof(List<Todo>))]
[JsonSerializable(typeof(Draft))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
partial class TodoJson : JsonSerializerContext;
