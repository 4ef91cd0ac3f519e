namespace Millrace.Tests.Support;

/// <summary>The limit of every wait of a test: far more than any takes on a busy machine, so that only what never comes reaches it.</summary>
internal static class Deadline
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public static CancellationTokenSource Start() => new(Limit);

    /// <summary>The task, or a failure when it takes too long.</summary>
    public static Task InTime(this Task task) => task.WaitAsync(Limit);

    /// <inheritdoc cref="InTime(Task)"/>
    public static Task<T> InTime<T>(this Task<T> task) => task.WaitAsync(Limit);

    /// <summary>Waits for something that nothing announces.</summary>
    public static async Task UntilAsync(Func<bool> condition, string what)
    {
        using var limit = Start();
        using var looks = new PeriodicTimer(TimeSpan.FromMilliseconds(1));
        while (!condition())
        {
            Assert.False(limit.IsCancellationRequested, $"This did not come in time: {what}.");
            await looks.WaitForNextTickAsync();
        }
    }
}
