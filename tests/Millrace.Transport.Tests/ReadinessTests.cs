namespace Millrace.Transport.Tests;

/// <summary>The flag that a flow waits for.</summary>
public sealed class ReadinessTests
{
    private const int Rounds = 300_000;

    private Readiness _readiness;
    private int _word;
    private int _atStart;
    private int _atEnd;

    [Fact]
    public async Task Whoever_takes_the_flag_down_sees_what_was_written_before_it_was_raised_or_finds_it_up_again()
    {
        int lost = 0;
        var raising = Task.Factory.StartNew(Raise, TaskCreationOptions.LongRunning);
        for (int round = 1; round <= Rounds; round++)
        {
            // It is up already; another raises it once more, with news, while it is taken down.
            _readiness.Raise();
            Volatile.Write(ref _word, 0);
            Meet(ref _atStart, round);
            _ = _readiness.TakeOrWait();
            int seen = Volatile.Read(ref _word);
            Meet(ref _atEnd, round);
            if (seen == 0 && !_readiness.TakeOrWait())
                lost++;
            _readiness = default;
        }
        await raising;
        Assert.Equal(0, lost);
    }

    private void Raise()
    {
        for (int round = 1; round <= Rounds; round++)
        {
            Meet(ref _atStart, round);
            Volatile.Write(ref _word, 1);
            _readiness.Raise();
            Meet(ref _atEnd, round);
        }
    }

    /// <summary>Both threads leave at the same time, as nearly as that can be had.</summary>
    private static void Meet(ref int place, int round)
    {
        Interlocked.Increment(ref place);
        var wait = new SpinWait();
        while (Volatile.Read(ref place) < 2 * round)
            wait.SpinOnce(sleep1Threshold: -1);
    }
}
