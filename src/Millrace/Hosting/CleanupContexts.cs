using Millrace.Hosting;

namespace Millrace;

/// <summary>
/// What an application opens when it starts and closes when it ends (aiohttp: cleanup_ctx): entered in order before any receiver of
/// <see cref="Application.OnStartup"/>, left in the reverse order after every receiver of <see cref="Application.OnCleanup"/>.
/// </summary>
/// <remarks>If the start fails, those that were entered are left, and no other.</remarks>
public sealed class CleanupContexts
{
    private readonly List<Func<Application, CancellationToken, ValueTask<IAsyncDisposable>>> _contexts = [];
    private readonly Stack<IAsyncDisposable> _entered = [];

    // The token of the iterators: it belongs to both halves, so it is neither that of the start nor that of the end.
    private CancellationTokenSource? _outOfTime;
    private bool _frozen;

    internal CleanupContexts()
    {
    }

    /// <summary>
    /// Adds an asynchronous iterator with exactly one <c>yield return</c>: what stands before it runs when the application starts,
    /// what stands after it when the application ends. The value it yields is not looked at.
    /// </summary>
    /// <param name="context">Makes the iterator. Its token ([EnumeratorCancellation]) is cancelled when the time to start or to clean up is over.</param>
    /// <exception cref="InvalidOperationException">The application has started.</exception>
    public void Add<T>(Func<Application, IAsyncEnumerable<T>> context)
    {
        ArgumentNullException.ThrowIfNull(context);
        Add((app, token) => CleanupIterator<T>.EnterAsync(context(app) ?? throw ReturnedNull(), token));
    }

    /// <summary>Adds something that is made when the application starts and disposed when it ends.</summary>
    /// <exception cref="InvalidOperationException">The application has started.</exception>
    public void Add(Func<Application, IAsyncDisposable> context)
    {
        ArgumentNullException.ThrowIfNull(context);
        Add((app, _) => new ValueTask<IAsyncDisposable>(context(app)));
    }

    /// <summary>Adds something that is made, with waiting, when the application starts and disposed when it ends.</summary>
    /// <exception cref="InvalidOperationException">The application has started.</exception>
    public void Add<T>(Func<Application, Task<T>> context) where T : IAsyncDisposable
    {
        ArgumentNullException.ThrowIfNull(context);
        Add(async (app, _) => await context(app).ConfigureAwait(false));
    }

    internal void Freeze() => _frozen = true;

    internal async ValueTask EnterAsync(Application app, CancellationToken cancellationToken)
    {
        _outOfTime = new CancellationTokenSource();
        using var registration = cancellationToken.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), _outOfTime);
        foreach (var context in _contexts)
        {
            cancellationToken.ThrowIfCancellationRequested();
            _entered.Push(await context(app, _outOfTime.Token).ConfigureAwait(false) ?? throw ReturnedNull());
        }
    }

    /// <summary>Leaves what was entered, last in, first out; what fails is added to the errors.</summary>
    internal async ValueTask LeaveAsync(List<Exception> errors, CancellationToken cancellationToken)
    {
        if (_outOfTime is null)
            return;
        using (cancellationToken.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), _outOfTime))
        {
            while (_entered.TryPop(out var context))
                await Application.CollectAsync(() => context.DisposeAsync().AsTask(), errors, cancellationToken).ConfigureAwait(false);
        }
        _outOfTime.Dispose();
        _outOfTime = null;
    }

    private static InvalidOperationException ReturnedNull() => new("A cleanup context returned null: return what is to be disposed, or an iterator with one yield return.");

    private void Add(Func<Application, CancellationToken, ValueTask<IAsyncDisposable>> context)
    {
        if (_frozen)
            throw new InvalidOperationException("A cleanup context comes too late: add it before the application starts.");
        _contexts.Add(context);
    }
}
