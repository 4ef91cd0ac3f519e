using System.Net;

namespace Millrace.Tests.Applications;

/// <summary>A request passed on with something changed.</summary>
public sealed class CloneTests
{
    private static readonly RequestKey<string> Mark = new("mark");

    [Theory]
    [InlineData("/old/x?y=1", "new x 1 outer")]
    [InlineData("/to-sub/x", "sub x sub,outer")]
    [InlineData("/to-nothing", "404")]
    [InlineData("/plain", "plain outer")]
    public async Task Another_path_is_resolved_anew(string target, string expected)
    {
        var app = new Application
        {
            Middlewares =
            {
                Named("outer"),
                (request, next) => next(request.Path switch
                {
                    "/old/x" => request.Clone(target: request.RawTarget.Replace("old", "new", StringComparison.Ordinal)),
                    "/to-sub/x" => request.Clone(target: "/sub/x"),
                    "/to-nothing" => request.Clone(target: "/nothing"),
                    _ => request,
                }),
            },
        };
        app.AddRoutes(Get("/new/{x}", request => Response.Text($"new {request.Match["x"]} {request.Query["y"]}")), Get("/plain", request => Response.Text("plain")));
        var sub = new Application { Middlewares = { Named("sub") } };
        sub.AddRoutes(Get("/{x}", request => Response.Text($"sub {request.Match["x"]}")));
        app.AddSubApplication("/sub", sub);
        await using var server = new RunningServer(Kind.InMemory, app);
        var response = await server.GetAsync(target);
        string seen = string.Join(",", response.Fields.Where(field => field.Key == "Seen").Select(field => field.Value));
        Assert.Equal(expected, response.Status == 404 ? "404" : $"{response.Text} {seen}");
    }

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task A_clone_has_what_was_changed_and_all_the_rest(Kind kind)
    {
        var app = new Application
        {
            Middlewares =
            {
                (request, next) =>
                {
                    request.Set(Mark, "kept");
                    return next(request.Clone(scheme: "https", host: "Other:81", remote: new IPEndPoint(IPAddress.Parse("1.2.3.4"), 5), headers: [new("X-New", "ü"), new("Content-Type", "text/x")]));
                },
            },
        };
        app.AddRoutes(Post("/{x}", async request =>
            Response.Text($"{request.Method} {request.Scheme} {request.Host} {request.Remote} {request.Match["x"]} {request.Headers["x-new"]} {request.ContentType} {request.Headers.Count} {request.Get(Mark)} {await request.TextAsync()}")));
        await using var server = new RunningServer(kind, app);
        using var client = await server.ConnectAsync();
        for (int i = 0; i < 2; i++)
        {
            await client.SendAsync("POST /a%20b HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody");
            Assert.Equal("POST https Other:81 1.2.3.4 a b ü text/x 2 kept body", (await client.ReadAsync()).Text);
        }
    }

    [Fact]
    public async Task A_clone_shares_the_answer_and_ends_with_its_request()
    {
        Request? kept = null;
        var app = new Application { Middlewares = { (request, next) => next(kept = request.Clone(method: "POST")) } };
        app.AddRoutes(Route("*", "/", async Task<StreamResponse> (request) =>
        {
            var response = new StreamResponse();
            await response.PrepareAsync(request);
            await response.WriteAsync(request.Method);
            return response;
        }));
        await using var server = new RunningServer(Kind.InMemory, app);
        Assert.Equal("POST", (await server.GetAsync("/")).Text);
        Assert.Throws<ObjectDisposedException>(() => kept!.RawTarget);
    }

    [Fact]
    public async Task What_cannot_be_cloned_is_refused()
    {
        await using var server = new RunningServer(Kind.InMemory,
        [
            Post("/", async request =>
            {
                Assert.Throws<ArgumentException>(() => request.Clone(method: "G T"));
                Assert.Throws<ArgumentException>(() => request.Clone(target: "relative"));
                Assert.Throws<ArgumentException>(() => request.Clone(target: "/a b"));
                Assert.Throws<ArgumentException>(() => request.Clone(target: "/\r\n"));
                Assert.Throws<ArgumentException>(() => request.Clone(target: ""));
                Assert.Throws<ArgumentException>(() => request.Clone(scheme: "ftp"));
                Assert.Throws<ArgumentException>(() => request.Clone(host: "a b"));
                Assert.Throws<ArgumentException>(() => request.Clone(headers: [new("X", "a\r\nb")]));
                await request.ReadAsync();
                Assert.Throws<InvalidOperationException>(() => request.Clone());
                return Response.Text("ok");
            }),
        ]);
        Assert.Equal("ok", (await server.AskAsync("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx")).Text);
    }

    private static Middleware Named(string name) => async (request, next) =>
    {
        var response = await next(request);
        response.Headers.Add("Seen", name);
        return response;
    };
}
