namespace Millrace.Handling;

/// <summary>Makes one <see cref="Handler"/> of every form a user may write one in.</summary>
internal static class Handlers
{
    public static Handler From(Func<Request, StreamResponse> handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return request => new ValueTask<StreamResponse>(handler(request));
    }

    public static Handler From<T>(Func<Request, Task<T>> handler) where T : StreamResponse
    {
        ArgumentNullException.ThrowIfNull(handler);
        return request =>
        {
            var task = handler(request);
            // A handler that had nothing to wait for costs no state machine here.
            return task.IsCompletedSuccessfully ? new ValueTask<StreamResponse>(Completed(task)) : AwaitAsync(task);
        };
    }

    public static Handler From<T>(Func<Request, ValueTask<T>> handler) where T : StreamResponse
    {
        ArgumentNullException.ThrowIfNull(handler);
        return request =>
        {
            var task = handler(request);
            return task.IsCompletedSuccessfully ? new ValueTask<StreamResponse>(task.GetAwaiter().GetResult()) : AwaitAsync(task.AsTask());
        };
    }

    private static T Completed<T>(Task<T> task) => task.GetAwaiter().GetResult();

    private static async ValueTask<StreamResponse> AwaitAsync<T>(Task<T> task) where T : StreamResponse =>
        await task.ConfigureAwait(false);
}
