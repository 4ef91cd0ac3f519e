namespace Millrace.Tests.Applications;

/// <summary>What applications and requests keep under typed keys.</summary>
public sealed class StateTests
{
    private static readonly AppKey<string> Name = new("name");
    private static readonly AppKey<string> Other = new("name");
    private static readonly RequestKey<int> Number = new("number");

    [Fact]
    public void A_key_is_itself_alone_and_the_nearest_application_counts()
    {
        var app = new Application();
        app.Set(Name, "outer");
        app.Set(Name, "outer again");
        var sub = app.AddSubApplication("/sub", new Application());
        Assert.Equal(("outer again", "outer again"), (app.Get(Name), sub.Find(Name)));
        Assert.False(sub.TryGet(Name, out _));
        Assert.Throws<KeyNotFoundException>(() => sub.Get(Name));
        sub.Set(Name, "inner");
        Assert.Equal(("inner", "inner", "outer again"), (sub.Get(Name), sub.Find(Name), app.Find(Name)));
        Assert.False(app.TryGet(Other, out _));
        Assert.StartsWith("Neither the application nor one that it is mounted in has a value for AppKey<String>(\"name\")", Assert.Throws<KeyNotFoundException>(() => sub.Find(Other)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Starting_freezes_it_after_the_receivers_of_OnStartup()
    {
        var app = new Application();
        app.OnStartup.Add(app => app.Set(Name, "started"));
        app.AddRoutes(Get("/", request =>
        {
            Assert.Throws<InvalidOperationException>(() => request.App.Set(Name, "late"));
            return Response.Text(request.App.Get(Name));
        }));
        for (int run = 0; run < 2; run++)
        {
            await app.StartupAsync(CancellationToken.None);
            await using (var server = new RunningServer(Kind.InMemory, app))
                Assert.Equal("started", (await server.GetAsync("/")).Text);
            await app.CleanupAsync(CancellationToken.None);
        }
    }

    [Fact]
    public async Task An_application_gives_a_mounted_one_what_it_needs_until_both_have_started()
    {
        var app = new Application();
        var sub = app.AddSubApplication("/sub", new Application());
        app.OnStartup.Add(_ => sub.Set(Name, "given"));
        await app.StartupAsync(CancellationToken.None);
        Assert.Equal("given", sub.Get(Name));
        Assert.Throws<InvalidOperationException>(() => sub.Set(Name, "late"));
        await app.CleanupAsync(CancellationToken.None);
    }

    [Fact]
    public async Task A_request_keeps_what_a_middleware_found_and_nothing_of_another_request()
    {
        int served = 0;
        var app = new Application
        {
            Middlewares =
            {
                (request, next) =>
                {
                    Assert.False(request.TryGet(Number, out _));
                    Assert.Throws<KeyNotFoundException>(() => request.Get(Number));
                    request.Set(Number, ++served);
                    return next(request);
                },
            },
        };
        app.AddRoutes(Get("/", request => Response.Text($"{request.Get(Number)}")));
        await using var server = new RunningServer(Kind.InMemory, app);
        using var client = await server.ConnectAsync();
        for (int i = 1; i < 4; i++)
        {
            await client.GetAsync("/");
            Assert.Equal($"{i}", (await client.ReadAsync()).Text);
        }
    }

    [Fact]
    public async Task A_request_without_an_application_says_so()
    {
        await using var server = new RunningServer(Kind.InMemory, (Handler)(request =>
        {
            Assert.Null(request.Route);
            Assert.Null(request.Refusal);
            Assert.Empty(request.Match.Names);
            Assert.Throws<InvalidOperationException>(() => request.App);
            return new(Response.Text("ok"));
        }));
        Assert.Equal("ok", (await server.GetAsync("/")).Text);
    }
}
