namespace Millrace.Tests.Applications;

/// <summary>What an application is made of holds from its start on.</summary>
public sealed class FreezingTests
{
    private static readonly AppKey<string> Name = new("name");

    [Theory]
    [InlineData("the application itself")]
    [InlineData("one mounted below a path")]
    [InlineData("one mounted in that")]
    [InlineData("one mounted for a domain")]
    [InlineData("one mounted in that one")]
    public async Task Nothing_of_an_application_changes_once_it_has_started(string which)
    {
        var app = new Application();
        var sub = app.AddSubApplication("/sub", new Application());
        var domain = app.AddDomain("d", new Application());
        var changed = which switch
        {
            "the application itself" => app,
            "one mounted below a path" => sub,
            "one mounted in that" => sub.AddSubApplication("/deep", new Application()),
            "one mounted for a domain" => domain,
            _ => domain.AddSubApplication("/deep", new Application()),
        };
        var route = Get("/x", Ok, name: "x");
        var files = Static("/files", Path.GetTempPath());
        changed.AddRoutes(route, files);
        await using var runner = new AppRunner(app, new ServerOptions { Transport = TransportKind.Sockets });
        await runner.SetupAsync();
        Action[] changes =
        [
            () => changed.AddRoutes(Get("/late", Ok)),
            () => changed.AddRoutes(Post("/x", Ok, name: "x")),
            () => changed.AddSubApplication("/late", new Application()),
            () => changed.AddDomain("late", new Application()),
            () => changed.Middlewares.Add((request, next) => next(request)),
            () => changed.Middlewares.Clear(),
            () => changed.OnStartup.Add(app => { }),
            () => changed.OnShutdown.Add(app => { }),
            () => changed.OnCleanup.Add(app => { }),
            () => changed.CleanupContexts.Add(app => runner),
            () => changed.OnResponsePrepare.Add((request, response) => { }),
            () => changed.Set(Name, "late"),
            () => changed.Debug = true,
            () => route.LimitBody(1),
            () => route.WithoutHead(),
            () => route.Use((request, next) => next(request)),
            () => route.WithMetadata("late"),
            () => route.Timeout(TimeSpan.FromSeconds(1)),
            () => route.CancelOnDisconnect(),
            () => files.WithMetadata("late"),
            () => changed.Router["x"].Routes[0].WithMetadata("late"),
        ];
        Assert.All(changes, change => Assert.Contains("before", Assert.Throws<InvalidOperationException>(change).Message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_receiver_of_OnStartup_may_change_all_but_what_is_starting()
    {
        var app = new Application();
        app.OnStartup.Add(app =>
        {
            app.AddRoutes(Get("/", Ok).WithMetadata("early"));
            app.Middlewares.Add((request, next) => next(request));
            app.OnResponsePrepare.Add((request, response) => response.Headers["Seen"] = "yes");
            app.Debug = false;
            Assert.StartsWith("The application comes too late", Assert.Throws<InvalidOperationException>(() => app.AddSubApplication("/sub", new Application())).Message, StringComparison.Ordinal);
        });
        await app.StartupAsync(CancellationToken.None);
        await using var server = new RunningServer(Kind.InMemory, app);
        Assert.Equal("yes", (await server.GetAsync("/"))["Seen"]);
    }

    private static Response Ok(Request request) => Response.Text("ok");
}
