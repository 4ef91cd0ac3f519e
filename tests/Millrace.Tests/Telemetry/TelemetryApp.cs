namespace Millrace.Tests.Telemetry;

/// <summary>The application that metrics and spans are taken of, and what they say of its requests.</summary>
internal static class TelemetryApp
{
    public static Application Make()
    {
        var users = new Application();
        users.AddRoutes(Get("/users/{id}", request => Response.Text(request.Match["id"])));
        var app = new Application();
        app.AddRoutes(
            Get("/", request => Response.Text("hello")),
            Get("/late", LateAsync),
            Get("/fails", StreamResponse (request) => throw new InvalidOperationException("a fault of the handler")),
            Get("/breaks", BreakAsync),
            Get("/teapot", StreamResponse (request) => throw new HttpException(418)),
            Get("/busy", StreamResponse (request) => throw new HttpException(503)));
        app.AddSubApplication("/api", users);
        return app;
    }

    /// <summary>A request's first line; then route, status and error as they are told, empty where they are not.</summary>
    public static TheoryData<Kind, string, string, int, string> Requests
    {
        get
        {
            var data = new TheoryData<Kind, string, string, int, string>();
            foreach (var kind in Kinds.All.Select(row => row.Data))
            {
                data.Add(kind, "GET / HTTP/1.1", "/", 200, "");
                data.Add(kind, "HEAD / HTTP/1.1", "/", 200, "");
                data.Add(kind, "GET / HTTP/1.0", "/", 200, "");
                data.Add(kind, "GET /late HTTP/1.1", "/late", 200, "");
                data.Add(kind, "GET /api/users/7?token=secret&plain HTTP/1.1", "/api/users/{id}", 200, "");
                data.Add(kind, "GET /api/missing HTTP/1.1", "", 404, "");
                data.Add(kind, "POST / HTTP/1.1", "", 405, "");
                data.Add(kind, "BREW /nowhere HTTP/1.1", "", 501, "501");
                data.Add(kind, "GET /teapot HTTP/1.1", "/teapot", 418, "");
                data.Add(kind, "GET /busy HTTP/1.1", "/busy", 503, "503");
                data.Add(kind, "GET /fails HTTP/1.1", "/fails", 500, "System.InvalidOperationException");
                data.Add(kind, "GET /breaks HTTP/1.1", "/breaks", 200, "System.InvalidOperationException");
            }
            return data;
        }
    }

    /// <summary>Sends a request of which only the first line matters, and reads to the end, whatever that is.</summary>
    public static async Task AskAsync(RunningServer server, string line)
    {
        using (var client = await server.ConnectAsync())
        {
            await client.SendAsync($"{line}\r\nHost: example.org:81\r\nUser-Agent: tests\r\nConnection: close\r\n\r\n");
            try
            {
                await client.ReadToEndAsync();
            }
            catch (IOException)
            {
                // A response that was broken off.
            }
        }
        await server.ConnectionsEndedAsync();
        server.Log.TakeAll();
    }

    private static async Task<Response> LateAsync(Request request)
    {
        await Task.Yield();
        return Response.Text("late");
    }

    private static async Task<StreamResponse> BreakAsync(Request request)
    {
        var response = new StreamResponse();
        await response.PrepareAsync(request);
        await response.WriteAsync("a beginning"u8.ToArray());
        throw new InvalidOperationException("a fault in the middle");
    }
}
