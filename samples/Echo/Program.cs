// Answers with what it was asked: the server that HTTP conformance suites are pointed at.
//
//     dotnet run --project samples/Echo -- 8080

using System.Globalization;
using System.Net;
using Millrace;
using static Millrace.Web;

const int BodyBytesMax = 32 * 1024 * 1024;
const int MessageBytesMax = 16 * 1024 * 1024;
const int WaitMillisecondsMax = 60_000;

if (args is not [var argument] || !int.TryParse(argument, NumberStyles.None, CultureInfo.InvariantCulture, out int port) || port > IPEndPoint.MaxPort)
{
    Console.Error.WriteLine("usage: Echo PORT");
    return 2;
}

var app = new Application();
app.AddRoutes(
    Get("/", Ok),
    Options("/", Allowed),
    Post("/", EchoBody),
    Route("*", "/echo", EchoHeaders),
    Route("*", "/cookie", EchoCookies),
    Get("/ws", EchoMessages),
    Get("/large", Large),
    Get("/sleep/{ms}", Sleep),
    Get("/block/{ms}", Block));
RunApp(app, new RunOptions
{
    Host = "127.0.0.1",
    Port = port,
    Server = new ServerOptions { BodyBytesMax = BodyBytesMax },
});
return 0;

static Response Ok(Request request) => Response.Text("OK");

static Response Allowed(Request request) => new() { Headers = { ["Allow"] = "GET, HEAD, OPTIONS, POST" } };

static async Task<Response> EchoBody(Request request) => Response.Bytes(await request.ReadAsync());

static Response EchoHeaders(Request request) =>
    Response.Text(string.Concat(request.Headers.Select(field => $"{field.Key}: {field.Value}\n")));

static Response EchoCookies(Request request) =>
    Response.Text(string.Concat(request.Cookies.Select(cookie => $"{cookie.Key}={cookie.Value}\n")));

static async Task<WebSocketResponse> EchoMessages(Request request)
{
    var ws = new WebSocketResponse
    {
        MessageBytesMax = MessageBytesMax,
        AllowedOrigins = ["*"],
        MessageCompression = new WebSocketCompression { KeepServerContext = true, KeepClientContext = true },
    };
    await ws.PrepareAsync(request);
    await foreach (var message in ws)
        await ws.SendAsync(message);
    return ws;
}

// 16 MiB are more than the system's buffers take: a client that does not read is noticed.
static async Task<StreamResponse> Large(Request request)
{
    var piece = new byte[64 * 1024];
    var response = new StreamResponse();
    await response.PrepareAsync(request);
    for (int i = 0; i < 256; i++)
        await response.WriteAsync(piece);
    return response;
}

static async Task<Response> Sleep(Request request)
{
    int milliseconds = Milliseconds(request);
    // Not until request.Aborted: a client that has closed its own side still waits for the answer.
    await Task.Delay(milliseconds);
    return Response.Text($"{milliseconds}");
}

// Deliberately bad: a handler should await. This one shows that it delays nobody but its own client.
static Response Block(Request request)
{
    int milliseconds = Milliseconds(request);
    Thread.Sleep(milliseconds);
    return Response.Text($"{milliseconds}");
}

static int Milliseconds(Request request) =>
    int.TryParse(request.Match["ms"], NumberStyles.None, CultureInfo.InvariantCulture, out int milliseconds) && milliseconds <= WaitMillisecondsMax
        ? milliseconds
        : throw new HttpException(400, $"The time is a number of milliseconds from 0 to {WaitMillisecondsMax}.");
