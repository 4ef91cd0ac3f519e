using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Millrace.Extensions.Hosting.Tests;

/// <summary>A generic host with an application on a port that the system chose, and what it logged.</summary>
internal sealed partial class HostRun : ILoggerProvider
{
    private readonly List<HttpClient> _clients = [];

    private HostRun(Action<IServiceProvider, Application> configure, Action<IServiceCollection>? addServices, Dictionary<string, string?>? configuration)
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["Millrace:Host"] = "127.0.0.1", ["Millrace:Port"] = "0" });
        builder.Configuration.AddInMemoryCollection(configuration);
        builder.Logging.AddProvider(this);
        builder.Services.AddMillrace(configure);
        addServices?.Invoke(builder.Services);
        Host = builder.Build();
    }

    public IHost Host { get; }

    public ConcurrentQueue<string> Log { get; } = new();

    /// <summary>The ports of the servers, as they said when they listened.</summary>
    public IEnumerable<int> Ports => Log.Select(line => PortPattern().Match(line)).Where(match => match.Success).Select(match => int.Parse(match.Groups[1].Value, null));

    public int Port => Ports.First();

    public static HostRun Create(Action<IServiceProvider, Application> configure, Action<IServiceCollection>? addServices = null, Dictionary<string, string?>? configuration = null) =>
        new(configure, addServices, configuration);

    public HttpClient Client(int? port = null)
    {
        var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port ?? Port}") };
        _clients.Add(client);
        return client;
    }

    public ILogger CreateLogger(string categoryName) => new QueueLogger(Log);

    public void Dispose()
    {
        _clients.ForEach(client => client.Dispose());
        Host.Dispose();
    }

    [GeneratedRegex(@"Running on http://127\.0\.0\.1:(\d+)")]
    private static partial Regex PortPattern();

    private sealed class QueueLogger(ConcurrentQueue<string> log) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            log.Enqueue(formatter(state, exception));
    }
}
