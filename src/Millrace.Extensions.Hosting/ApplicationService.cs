using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Millrace;

/// <summary>An application under <see cref="Web.RunAppAsync(Application, RunOptions, CancellationToken)"/>, started and ended by the host.</summary>
internal sealed partial class ApplicationService(
    Action<Application> configure,
    MillraceOptions options,
    IHostApplicationLifetime lifetime,
    ILoggerFactory loggers,
    TimeProvider timeProvider) : IHostedService, IAsyncDisposable
{
    private readonly ILogger _logger = loggers.CreateLogger("Millrace.Hosting");
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _running = Task.CompletedTask;

    /// <summary>Completes when the application listens; what hinders it is thrown here, and ends the host.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var app = new Application();
        configure(app);
        using var registration = cancellationToken.UnsafeRegister(static stop => ((CancellationTokenSource)stop!).Cancel(), _stop);
        _running = RunAsync(app);
        await (await Task.WhenAny(_running, _listening.Task).ConfigureAwait(false)).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
    }

    /// <summary>Lets requests finish; the token is cancelled when the host has no more time.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _running.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task RunAsync(Application app)
    {
        try
        {
            await Web.RunAppAsync(app, options.ToRunOptions(OnListening, timeProvider, loggers), _stop.Token).ConfigureAwait(false);
        }
        finally
        {
            // The application has ended by itself (Application.Stop, GracefulExit), be it with an error: so does the host, as a program under RunApp would.
            if (!_stop.IsCancellationRequested)
                lifetime.StopApplication();
        }
    }

    private void OnListening(string banner)
    {
        string line = banner.Split('\n')[0].Trim('=', ' ');
        Listens(_logger, line);
        _listening.TrySetResult();
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Information, Message = "{Banner}")]
    private static partial void Listens(ILogger logger, string banner);
}
