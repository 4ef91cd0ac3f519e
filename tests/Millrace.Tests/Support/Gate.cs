namespace Millrace.Tests.Support;

/// <summary>Where a handler says that it has arrived and waits until the test lets it go on.</summary>
internal sealed class Gate
{
    private readonly TaskCompletionSource _arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Arrived => _arrived.Task.InTime();

    public Task PassAsync()
    {
        _arrived.TrySetResult();
        return _open.Task.InTime();
    }

    public void Open() => _open.TrySetResult();
}
