using System.Diagnostics;

namespace Millrace.Tests.Support;

/// <summary>Listens to the spans of the source <c>Millrace</c> as long as it lives.</summary>
internal sealed class SpanRecorder : IDisposable
{
    private readonly Lock _lock = new();
    private readonly List<Activity> _ended = [];
    private readonly ActivityListener _listener;

    public SpanRecorder(ActivitySamplingResult sampling = ActivitySamplingResult.AllDataAndRecorded)
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Millrace",
            Sample = (ref _) => sampling,
            ActivityStopped = span =>
            {
                lock (_lock)
                    _ended.Add(span);
            },
        };
        ActivitySource.AddActivityListener(_listener);
    }

    /// <summary>Waits until as many have ended, and no more.</summary>
    public async Task<Activity[]> EndedAsync(int count)
    {
        await Deadline.UntilAsync(() => Ended.Length >= count, $"the end of {count} spans");
        Assert.Equal(count, Ended.Length);
        return Ended;
    }

    private Activity[] Ended
    {
        get
        {
            lock (_lock)
                return [.. _ended];
        }
    }

    public void Dispose() => _listener.Dispose();
}
