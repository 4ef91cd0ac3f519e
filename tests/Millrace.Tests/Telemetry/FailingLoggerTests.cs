using System.Net;
using Microsoft.Extensions.Logging;

namespace Millrace.Tests.Telemetry;

/// <summary>A provider of logging that is broken is nobody's problem but its own.</summary>
public sealed class FailingLoggerTests
{
    [Theory]
    [MemberData(nameof(Kinds.Network), MemberType = typeof(Kinds))]
    public async Task A_logger_that_throws_costs_no_answer(Kind kind)
    {
        var app = new Application();
        app.AddRoutes([Get("/", _ => Response.Text("hello")), Get("/fails", Fail)]);
        await using var runner = new AppRunner(app, new ServerOptions
        {
            Transport = kind == Kind.Sockets ? TransportKind.Sockets : TransportKind.Automatic,
            LoggerFactory = new FailingFactory(),
        });
        await runner.SetupAsync();
        var site = new TcpSite(runner, "127.0.0.1", 0);
        await site.StartAsync();
        using var client = await RawClient.ConnectAsync((IPEndPoint)site.Addresses[0]);
        Assert.Equal(500, (await client.AskForAsync("/fails")).Status);
        Assert.Equal("hello", (await client.AskForAsync("/")).Text);
        Assert.Equal(400, (await client.AskAsync("no request\r\n\r\n")).Status);

        static Response Fail(Request request) => throw new InvalidOperationException("thrown on purpose");
    }

    private sealed class FailingFactory : ILoggerFactory, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

        public void Dispose()
        {
            // Holds nothing.
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel > LogLevel.Information ? true : throw new InvalidOperationException("The log is broken.");

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            throw new AggregateException("The log is broken.");
    }
}
