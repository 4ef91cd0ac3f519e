namespace Millrace.Telemetry;

/// <summary>
/// Takes items from any thread without ever waiting, and hands them on in batches from one task, which exists only while there are some.
/// What finds no room is dropped and counted.
/// </summary>
internal sealed class BatchQueue<T>(int capacity, Action<ReadOnlyMemory<T>> write)
{
    // A wake-up for each line would cost more than the line.
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    private readonly Lock _lock = new();
    private T[] _filling = [];
    private T[] _spare = [];
    private int _count;
    private long _dropped;
    private TaskCompletionSource? _drained;

    /// <summary>How many calls of <see cref="Append"/> came to nothing.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Takes all of <paramref name="items"/> or none.</summary>
    public void Append(ReadOnlySpan<T> items)
    {
        lock (_lock)
        {
            if (items.Length > capacity - _count)
            {
                Interlocked.Increment(ref _dropped);
                return;
            }
            if (_filling.Length - _count < items.Length)
                Array.Resize(ref _filling, Math.Min(capacity, Math.Max(2 * _filling.Length, Math.Max(_count + items.Length, 256))));
            items.CopyTo(_filling.AsSpan(_count));
            _count += items.Length;
            if (_drained is not null)
                return;
            _drained = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
        // Unsafe: nothing of the request that happened to come first goes along.
        ThreadPool.UnsafeQueueUserWorkItem(static queue => _ = queue.PumpAsync(), this, preferLocal: false);
    }

    /// <summary>Completes when everything that was taken has been written.</summary>
    public Task DrainAsync()
    {
        lock (_lock)
            return _drained?.Task ?? Task.CompletedTask;
    }

    private async Task PumpAsync()
    {
        while (true)
        {
            await Task.Delay(Interval, TimeProvider.System).ConfigureAwait(false);
            T[] batch;
            int count;
            lock (_lock)
            {
                (batch, count) = (_filling, _count);
                (_filling, _count) = (_spare, 0);
                _spare = [];
                if (count == 0)
                {
                    _filling = [];
                    _drained!.SetResult();
                    _drained = null;
                    return;
                }
            }
            Write(batch.AsMemory(0, count));
            lock (_lock)
                _spare = batch;
        }
    }

    private void Write(Memory<T> batch)
    {
        try
        {
            write(batch);
        }
        catch (Exception)
        {
            // The output is closed, or a logger of the program's failed: the server goes on without this batch.
            Interlocked.Increment(ref _dropped);
        }
        batch.Span.Clear();
    }
}
