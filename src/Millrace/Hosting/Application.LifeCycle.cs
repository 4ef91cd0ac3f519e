namespace Millrace;

public sealed partial class Application
{
    private readonly List<Application> _children = [];
    private int _runs;
    private bool _started;
    private CancellationTokenSource _stopping = new();
    private TaskCompletionSource _stopAsked = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>
    /// Told, in order, before the first connection is accepted (aiohttp: on_startup). The application can still be changed by them,
    /// and is frozen after the last. One that throws ends the start.
    /// </summary>
    public Signal OnStartup { get; } = new(nameof(OnStartup));

    /// <summary>
    /// Told, in order, when the server ends: idle connections are closed by then, running requests still finish (aiohttp: on_shutdown).
    /// Their token is cancelled when the time to shut down is over. One that throws stops none of the others.
    /// </summary>
    public Signal OnShutdown { get; } = new(nameof(OnShutdown));

    /// <summary>
    /// Told when every connection has ended, the last added first (aiohttp: on_cleanup, which goes in order). Not told if the start failed.
    /// One that throws stops none of the others.
    /// </summary>
    public Signal OnCleanup { get; } = new(nameof(OnCleanup));

    /// <summary>What is opened when the application starts and closed when it ends, also after a start that failed (aiohttp: cleanup_ctx).</summary>
    public CleanupContexts CleanupContexts { get; } = new();

    /// <summary>
    /// Cancelled when the application begins to end, before anything is closed: a background task stops, and what load balancers ask says
    /// that no more should come (see <see cref="RunOptions.ReadinessDelay"/>). A mounted application has that of the one it is mounted in.
    /// </summary>
    public CancellationToken Stopping => Parent?.Stopping ?? _stopping.Token;

    /// <summary>The application this one is mounted in.</summary>
    internal Application? Parent { get; private set; }

    /// <exception cref="InvalidOperationException">This application has started, or the other has, or it is mounted already.</exception>
    private void CheckAdoption(Application child)
    {
        if (OnStartup.IsFrozen)
            throw new InvalidOperationException("The application comes too late: mount it before the other one starts.");
        if (child.Parent is not null)
            throw new InvalidOperationException("The application is mounted already: an application has one place. Make another one of the same routes.");
        if (child.OnStartup.IsFrozen)
            throw new InvalidOperationException("The application has run by itself: mount it before it starts.");
        for (var above = this; above is not null; above = above.Parent)
        {
            if (above == child)
                throw new InvalidOperationException("The application cannot be mounted in itself.");
        }
    }

    /// <summary>
    /// A mounted application lives with this one: between the receivers of each signal that were added before and those that are added after.
    /// </summary>
    private void Adopt(Application child)
    {
        OnStartup.Add(new Signal.Turn(child));
        OnShutdown.Add(new Signal.Turn(child));
        OnCleanup.Add(new Signal.Turn(child));
        child.Parent = this;
        _children.Add(child);
    }

    /// <summary>Whether the whole start is over, that of the outermost application: requests come from then on.</summary>
    private bool HasStarted => Parent?.HasStarted ?? _started;

    /// <summary>Completes when <see cref="Stop"/> is called.</summary>
    internal Task StopAsked => _stopAsked.Task;

    /// <summary>Ends the program that <see cref="Web.RunApp(Application, RunOptions)"/> runs, gracefully, as Ctrl-C does. With a runner of your own nothing happens.</summary>
    public void Stop()
    {
        Parent?.Stop();
        _stopAsked.TrySetResult();
    }

    internal Task BeginStoppingAsync() => _stopping.CancelAsync();

    /// <summary>Takes the application for one runner, until <see cref="CleanupAsync"/>.</summary>
    /// <exception cref="InvalidOperationException">Another has it, or it is mounted.</exception>
    internal void Claim()
    {
        if (Parent is not null)
            throw new InvalidOperationException("The application is mounted in another: run that one.");
        if (Interlocked.CompareExchange(ref _runs, 1, 0) != 0)
            throw new InvalidOperationException("The application runs already: one runner runs it at a time. Stop that one first, or make an application for each.");
        // Whoever took its token before the first run has that of this run.
        if (_stopping.IsCancellationRequested)
            _stopping = new CancellationTokenSource();
        _stopAsked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>
    /// Enters the contexts and tells that the application starts. When this throws, <see cref="CleanupAsync"/> clears away what has been begun.
    /// </summary>
    internal async Task StartupAsync(CancellationToken cancellationToken)
    {
        OnStartup.Freeze();
        CleanupContexts.Freeze();
        await CleanupContexts.EnterAsync(this, cancellationToken).ConfigureAwait(false);
        foreach (var turn in OnStartup.Turns)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await (turn.Child?.StartupAsync(cancellationToken) ?? turn.Receiver(this, cancellationToken)).ConfigureAwait(false);
        }
        _started = true;
    }

    /// <summary>Tells that the server ends.</summary>
    /// <exception cref="AggregateException">Several receivers failed; if it was one, what it threw.</exception>
    internal async Task ShutdownAsync(CancellationToken cancellationToken)
    {
        var errors = new List<Exception>();
        await TellShutdownAsync(errors, cancellationToken).ConfigureAwait(false);
        ThrowTogether(errors, "Several receivers of OnShutdown failed.");
    }

    /// <summary>Undoes <see cref="StartupAsync"/>, as far as it came: the last that began is the first to end, mounted applications included.</summary>
    /// <exception cref="AggregateException">Several receivers or contexts failed; if it was one, what it threw.</exception>
    internal async Task CleanupAsync(CancellationToken cancellationToken)
    {
        var errors = new List<Exception>();
        await TellCleanupAsync(errors, cancellationToken).ConfigureAwait(false);
        ThrowTogether(errors, "Several receivers of OnCleanup or cleanup contexts failed.");
    }

    /// <summary>Runs something to its end, or until it is out of time: then it is left behind. What it throws is added to the errors.</summary>
    internal static async Task CollectAsync(Func<Task> action, List<Exception> errors, CancellationToken cancellationToken)
    {
        try
        {
            await action().WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            errors.Add(e);
        }
    }

    private async Task TellShutdownAsync(List<Exception> errors, CancellationToken cancellationToken)
    {
        foreach (var turn in OnShutdown.Turns)
            await (turn.Child?.TellShutdownAsync(errors, cancellationToken) ?? TellAsync(turn, errors, cancellationToken)).ConfigureAwait(false);
    }

    private async Task TellCleanupAsync(List<Exception> errors, CancellationToken cancellationToken)
    {
        foreach (var turn in OnCleanup.Turns.Reverse())
        {
            if (turn.Child is { } child)
                await child.TellCleanupAsync(errors, cancellationToken).ConfigureAwait(false);
            else if (_started)
                await TellAsync(turn, errors, cancellationToken).ConfigureAwait(false);
        }
        await CleanupContexts.LeaveAsync(errors, cancellationToken).ConfigureAwait(false);
        _started = false;
        Volatile.Write(ref _runs, 0);
    }

    private Task TellAsync(Signal.Turn turn, List<Exception> errors, CancellationToken cancellationToken) =>
        CollectAsync(() => turn.Receiver(this, cancellationToken), errors, cancellationToken);

    /// <summary>No receiver can be added from here on, here and in what is mounted.</summary>
    private void FreezeSignals()
    {
        OnStartup.Freeze();
        OnShutdown.Freeze();
        OnCleanup.Freeze();
        CleanupContexts.Freeze();
        foreach (var child in _children)
            child.FreezeSignals();
    }

    internal static void ThrowTogether(List<Exception> errors, string message)
    {
        if (errors.Count == 1)
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(errors[0]);
        if (errors.Count > 1)
            throw new AggregateException(message, errors);
    }
}
