using System.Runtime.ExceptionServices;
using Millrace.Hosting;

namespace Millrace;

public static partial class Web
{
    /// <summary>
    /// Runs an application until Ctrl-C, SIGTERM, <see cref="Application.Stop"/> or a <see cref="GracefulExit"/>, then lets running requests finish
    /// and returns (aiohttp: <c>web.run_app</c>).
    /// </summary>
    /// <remarks>A second signal waits for nothing but a short cleanup; the process then ends with exit code 1.</remarks>
    /// <param name="app">The application. It is frozen when it has started.</param>
    /// <param name="options">Where and how; default port 8080 on all interfaces.</param>
    /// <exception cref="System.Net.Sockets.SocketException">An address cannot be bound: another program has it, or it is none of this machine.</exception>
    public static void RunApp(Application app, RunOptions? options = null) =>
        RunAppAsync(app, options).GetAwaiter().GetResult();

    /// <summary>As <see cref="RunApp(Application, RunOptions)"/>, with an application that is made by waiting.</summary>
    /// <param name="makeApp">Makes the application. Its token is cancelled by the word to end.</param>
    /// <param name="options">Where and how; default port 8080 on all interfaces.</param>
    /// <exception cref="System.Net.Sockets.SocketException">An address cannot be bound: another program has it, or it is none of this machine.</exception>
    public static void RunApp(Func<CancellationToken, Task<Application>> makeApp, RunOptions? options = null) =>
        RunAppAsync(makeApp, options).GetAwaiter().GetResult();

    /// <summary>As <see cref="RunApp(Application, RunOptions)"/>, for a program that goes on beside it.</summary>
    /// <param name="app">The application. It is frozen when it has started.</param>
    /// <param name="options">Where and how; default port 8080 on all interfaces.</param>
    /// <param name="cancellationToken">Ends the server gracefully, as Ctrl-C does.</param>
    /// <exception cref="System.Net.Sockets.SocketException">An address cannot be bound: another program has it, or it is none of this machine.</exception>
    public static Task RunAppAsync(Application app, RunOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(app);
        return RunAppAsync(_ => Task.FromResult(app), options, cancellationToken);
    }

    /// <summary>As <see cref="RunAppAsync(Application, RunOptions, CancellationToken)"/>, with an application that is made by waiting.</summary>
    /// <param name="makeApp">Makes the application. Its token is cancelled by the word to end.</param>
    /// <param name="options">Where and how; default port 8080 on all interfaces.</param>
    /// <param name="cancellationToken">Ends the server gracefully, as Ctrl-C does.</param>
    /// <exception cref="System.Net.Sockets.SocketException">An address cannot be bound: another program has it, or it is none of this machine.</exception>
    public static async Task RunAppAsync(Func<CancellationToken, Task<Application>> makeApp, RunOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(makeApp);
        options ??= new RunOptions();
        // Listened to before the address is bound: who sees the banner may already send the signal.
        using var exit = new ExitSignals(options.HandleSignals, cancellationToken);
        AppRunner? runner = null;
        ExceptionDispatchInfo? failure = null;
        try
        {
            runner = options.RunnerFor(await makeApp(exit.Asked).ConfigureAwait(false));
            await ServeAsync(runner, options, exit.Asked).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // An end that was asked for while it started is no failure.
            if (e is not GracefulExit && !(e is OperationCanceledException && exit.Asked.IsCancellationRequested))
                failure = ExceptionDispatchInfo.Capture(e);
        }
        try
        {
            if (runner is not null)
                await runner.CleanupAsync(exit.Again).ConfigureAwait(false);
        }
        catch (Exception e) when (failure is not null)
        {
            throw new AggregateException(failure.SourceException, e);
        }
        finally
        {
            if (exit.Again.IsCancellationRequested)
                Environment.ExitCode = 1;
        }
        failure?.Throw();
    }

    private static async Task ServeAsync(AppRunner runner, RunOptions options, CancellationToken asked)
    {
        await runner.SetupAsync(asked).ConfigureAwait(false);
        foreach (var site in options.SitesFor(runner))
            await site.StartAsync(asked).ConfigureAwait(false);
        var names = runner.Sites.Select(site => site.Name).Order(StringComparer.Ordinal);
        options.Print?.Invoke($"======== Running on {string.Join(", ", names)} ========\n(Press CTRL+C to quit)");
        await runner.App.StopAsked.WaitAsync(asked).ConfigureAwait(false);
    }
}
