using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using static Millrace.Web;

namespace Millrace.Extensions.Hosting.Tests;

/// <summary>An application in a generic host, over real sockets.</summary>
public sealed class HostedApplicationTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_listens_once_the_host_has_started_and_no_longer_when_it_has_stopped()
    {
        using var run = HostRun.Create((_, app) => app.AddRoutes(Get("/", request => Response.Text("hosted"))));

        await run.Host.StartAsync(Cancelled);
        Assert.Equal("hosted", await run.Client().GetStringAsync("/", Cancelled));
        await run.Host.StopAsync(Cancelled);

        await Assert.ThrowsAsync<HttpRequestException>(() => run.Client().GetStringAsync("/", Cancelled));
    }

    [Fact]
    public async Task Handlers_have_the_services_of_the_host()
    {
        using var run = HostRun.Create(
            (services, app) => app.AddRoutes(Get("/", request => Response.Text(services.GetRequiredService<Greeting>().Text))),
            services => services.AddSingleton(new Greeting("from a service")));

        await run.Host.StartAsync(Cancelled);

        Assert.Equal("from a service", await run.Client().GetStringAsync("/", Cancelled));
        await run.Host.StopAsync(Cancelled);
    }

    [Fact]
    public async Task The_configuration_says_where_and_how()
    {
        using var run = HostRun.Create(
            (_, app) => app.AddRoutes(Post("/", async request => Response.Text($"{(await request.ReadAsync()).Length}"))),
            configuration: new() { ["Millrace:Server:BodyBytesMax"] = "5", ["Millrace:Server:ServerHeader"] = "configured" });

        await run.Host.StartAsync(Cancelled);
        using var fits = await run.Client().PostAsync("/", new StringContent("12345"), Cancelled);
        using var tooLarge = await run.Client().PostAsync("/", new StringContent("123456"), Cancelled);

        Assert.Equal("5", await fits.Content.ReadAsStringAsync(Cancelled));
        Assert.Equal("configured", fits.Headers.Server.ToString());
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, tooLarge.StatusCode);
        await run.Host.StopAsync(Cancelled);
    }

    [Fact]
    public async Task A_path_alone_opens_no_port()
    {
        string folder = Directory.CreateTempSubdirectory("mr-").FullName;
        string path = Path.Combine(folder, "s");
        using var run = HostRun.Create((_, _) => { }, configuration: new() { ["Millrace:Host"] = null, ["Millrace:Port"] = null, ["Millrace:Paths:0"] = path });

        await run.Host.StartAsync(Cancelled);

        Assert.Equal($"Running on http://unix:{path}:", Assert.Single(run.Log, line => line.StartsWith("Running", StringComparison.Ordinal)));
        await run.Host.StopAsync(Cancelled);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_socket_alone_opens_no_port_either()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        using var run = HostRun.Create(
            (_, app) => app.AddRoutes(Get("/", request => Response.Text("by a socket"))),
            services => services.Configure<MillraceOptions>(options => options.UseSockets([socket])),
            new() { ["Millrace:Host"] = null, ["Millrace:Port"] = null });

        await run.Host.StartAsync(Cancelled);

        Assert.Equal($"Running on http://{socket.LocalEndPoint}", Assert.Single(run.Log, line => line.StartsWith("Running", StringComparison.Ordinal)));
        Assert.Equal("by a socket", await run.Client().GetStringAsync("/", Cancelled));
        await run.Host.StopAsync(Cancelled);
    }

    [Fact]
    public async Task A_list_of_hosts_is_all_it_listens_on()
    {
        using var run = HostRun.Create((_, _) => { }, configuration: new() { ["Millrace:Host"] = null, ["Millrace:Hosts:0"] = "127.0.0.1" });

        await run.Host.StartAsync(Cancelled);

        Assert.Equal($"Running on http://127.0.0.1:{run.Port}", Assert.Single(run.Log, line => line.StartsWith("Running", StringComparison.Ordinal)));
        await run.Host.StopAsync(Cancelled);
    }

    [Fact]
    public async Task A_value_that_makes_no_sense_ends_the_start()
    {
        using var run = HostRun.Create((_, _) => { }, configuration: new() { ["Millrace:Server:KeepAliveTimeout"] = "-00:00:01" });

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => run.Host.StartAsync(Cancelled));
    }

    [Fact]
    public async Task An_address_that_is_taken_ends_the_start()
    {
        using var first = HostRun.Create((_, app) => app.AddRoutes(Get("/", request => new Response())));
        await first.Host.StartAsync(Cancelled);
        using var second = HostRun.Create((_, _) => { }, configuration: new() { ["Millrace:Port"] = $"{first.Port}" });

        await Assert.ThrowsAsync<SocketException>(() => second.Host.StartAsync(Cancelled));
        await first.Host.StopAsync(Cancelled);
    }

    [Fact]
    public async Task Several_servers_live_in_one_host_each_with_options_of_its_own()
    {
        using var run = HostRun.Create(
            (_, app) => app.AddRoutes(Get("/", request => Response.Text("first"))),
            services => services.AddMillrace("admin", (_, app) => app.AddRoutes(Get("/", request => Response.Text("second")))),
            new() { ["Millrace:admin:Host"] = "127.0.0.1", ["Millrace:admin:Port"] = "0" });

        await run.Host.StartAsync(Cancelled);
        string[] answers = [.. await Task.WhenAll(run.Ports.Select(port => run.Client(port).GetStringAsync("/", Cancelled)))];

        Assert.Equal(["first", "second"], answers.Order(StringComparer.Ordinal));
        await run.Host.StopAsync(Cancelled);
    }

    [Fact]
    public async Task A_running_request_finishes_while_the_host_stops()
    {
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var run = HostRun.Create((_, app) => app.AddRoutes(Get("/", async request =>
        {
            entered.SetResult();
            await go.Task;
            return Response.Text("finished");
        })));
        await run.Host.StartAsync(Cancelled);
        var answer = run.Client().GetStringAsync("/", Cancelled);
        await entered.Task.WaitAsync(Cancelled);

        var stopping = run.Host.StopAsync(Cancelled);
        go.SetResult();

        Assert.Equal("finished", await answer);
        await stopping;
    }

    [Fact]
    public async Task An_application_that_ends_itself_ends_the_host()
    {
        using var run = HostRun.Create((_, app) => app.AddRoutes(Post("/stop", request =>
        {
            app.Stop();
            return new Response(204);
        })));
        await run.Host.StartAsync(Cancelled);
        var ended = run.Host.WaitForShutdownAsync(Cancelled);

        using var answer = await run.Client().PostAsync("/stop", null, Cancelled);

        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        await ended;
    }

    [Fact]
    public async Task An_application_that_ends_itself_with_an_error_ends_the_host_too()
    {
        using var run = HostRun.Create((_, app) =>
        {
            app.OnCleanup.Add(_ => throw new InvalidOperationException("not cleaned up"));
            app.AddRoutes(Post("/stop", request =>
            {
                app.Stop();
                return new Response(204);
            }));
        });
        await run.Host.StartAsync(Cancelled);
        var stopping = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        run.Host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.Register(stopping.SetResult);

        using var answer = await run.Client().PostAsync("/stop", null, Cancelled);
        await stopping.Task.WaitAsync(TimeSpan.FromSeconds(30), Cancelled);

        Assert.Equal("not cleaned up", (await Assert.ThrowsAsync<InvalidOperationException>(() => run.Host.StopAsync(Cancelled))).Message);
    }

    [Fact]
    public async Task It_logs_to_the_host()
    {
        using var run = HostRun.Create((_, app) => app.AddRoutes(Get("/", StreamResponse (request) => throw new InvalidOperationException("broken"))));
        await run.Host.StartAsync(Cancelled);

        using var answer = await run.Client().GetAsync("/", Cancelled);

        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        await run.Host.StopAsync(Cancelled);
        Assert.Contains(run.Log, line => line.Contains("The handler of GET / failed", StringComparison.Ordinal));
    }

    [Fact]
    public void The_options_that_configuration_can_say_are_all_there()
    {
        Type[] inCode = [typeof(TrustedProxies), typeof(AbstractAccessLogger), typeof(TimeProvider), typeof(ILoggerFactory)];
        Assert.Equal(Bindable(typeof(ServerOptions), inCode), Bindable(typeof(MillraceServerOptions), []));
    }

    private static IEnumerable<string> Bindable(Type options, Type[] inCode) =>
        options.GetProperties().Where(property => !inCode.Contains(property.PropertyType)).Select(property => property.Name).Order(StringComparer.Ordinal);

    private sealed record Greeting(string Text);
}
