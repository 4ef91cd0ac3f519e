namespace Millrace;

public abstract partial class BaseRunner
{
    // What is left for cleaning up when somebody cannot wait (a second signal).
    private static readonly TimeSpan HurriedCleanup = TimeSpan.FromSeconds(3);

    /// <summary>The end of a server: these steps, in this order (ARCHITECTURE.md, Shutting down).</summary>
    private async Task EndAsync(CancellationToken hurry)
    {
        // Not in the lock of the caller.
        await Task.Yield();
        var errors = new List<Exception>();

        // 1. Who asks is told that the server ends, also what was begun by a start that failed. It serves on as before, until load balancers have noticed.
        await Application.CollectAsync(TellStoppingAsync, errors, hurry).ConfigureAwait(false);
        if (Server is { } server)
        {
            if (ReadinessDelay > TimeSpan.Zero && Sites.Count > 0)
                await Task.Delay(ReadinessDelay, TimeProvider, hurry).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

            // One deadline for all that is waited for from here on.
            using var outOfTime = new CancellationTokenSource(ShutdownTimeout, TimeProvider);
            using var deadline = CancellationTokenSource.CreateLinkedTokenSource(outOfTime.Token, hurry);

            // 2. Every response says from here on that it is the last. The sites stop: who has connected is accepted, who comes later refused.
            await Application.CollectAsync(() => server.StopListeningAsync().AsTask(), errors, CancellationToken.None).ConfigureAwait(false);
            foreach (var site in Sites)
                await Application.CollectAsync(site.EndAsync, errors, CancellationToken.None).ConfigureAwait(false);

            // 3. Idle connections close. WebSockets say that they go away (1001).
            server.StopConnections();

            // 4. The application is told, while its requests still run.
            if (ShutdownCallback is { } callback)
                await Application.CollectAsync(callback, errors, deadline.Token).ConfigureAwait(false);
            await Application.CollectAsync(() => ShutdownAsync(deadline.Token), errors, CancellationToken.None).ConfigureAwait(false);

            // 5. Requests finish. At the deadline their tokens are cancelled and their connections aborted.
            await Application.CollectAsync(() => server.EndConnectionsAsync(deadline.Token).AsTask(), errors, CancellationToken.None).ConfigureAwait(false);
        }

        // 6. The application cleans up, the last that began first.
        await CleanUpAsync(errors, hurry).ConfigureAwait(false);

        // 7. The loops end.
        if (Server is not null)
            await Application.CollectAsync(() => Server.DisposeAsync().AsTask(), errors, CancellationToken.None).ConfigureAwait(false);
        lock (_lock)
        {
            Server = null;
            _isSetUp = false;
        }
        Application.ThrowTogether(errors, "Several receivers failed while the application ended.");
    }

    private async Task CleanUpAsync(List<Exception> errors, CancellationToken hurry)
    {
        using var outOfTime = new CancellationTokenSource(hurry.IsCancellationRequested ? HurriedCleanup : CleanupTimeout, TimeProvider);
        using var registration = hurry.UnsafeRegister(static source => ((CancellationTokenSource)source!).CancelAfter(HurriedCleanup), outOfTime);
        await Application.CollectAsync(() => CleanupServerAsync(outOfTime.Token), errors, CancellationToken.None).ConfigureAwait(false);
    }
}
