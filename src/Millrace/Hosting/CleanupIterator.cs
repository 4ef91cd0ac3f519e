namespace Millrace.Hosting;

/// <summary>A cleanup context written as an iterator: entered by going to its one yield, left by going to its end.</summary>
internal sealed class CleanupIterator<T> : IAsyncDisposable
{
    private readonly IAsyncEnumerator<T> _iterator;

    private CleanupIterator(IAsyncEnumerator<T> iterator) => _iterator = iterator;

    /// <exception cref="InvalidOperationException">It ended without a yield.</exception>
    public static async ValueTask<IAsyncDisposable> EnterAsync(IAsyncEnumerable<T> context, CancellationToken cancellationToken)
    {
        var iterator = context.GetAsyncEnumerator(cancellationToken);
        try
        {
            if (await iterator.MoveNextAsync().ConfigureAwait(false))
                return new CleanupIterator<T>(iterator);
        }
        catch
        {
            await iterator.DisposeAsync().ConfigureAwait(false);
            throw;
        }
        await iterator.DisposeAsync().ConfigureAwait(false);
        throw new InvalidOperationException("A cleanup context ended without a yield: put one yield return between what opens and what closes.");
    }

    /// <exception cref="InvalidOperationException">It yielded once more.</exception>
    public async ValueTask DisposeAsync()
    {
        await using (_iterator.ConfigureAwait(false))
        {
            if (await _iterator.MoveNextAsync().ConfigureAwait(false))
                throw new InvalidOperationException("A cleanup context has more than one yield: what stands after the second never runs. Leave one yield return.");
        }
    }
}
