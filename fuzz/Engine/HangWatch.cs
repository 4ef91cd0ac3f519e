namespace Millrace.Fuzz.Engine;

/// <summary>Ends the process, with the input kept, when one execution takes too long: a loop without an end throws nothing.</summary>
internal sealed class HangWatch : IDisposable
{
    private const int ExitCode = 3;
    private readonly long _limit;
    private readonly Action<byte[]> _save;
    private readonly Timer _timer;
    private byte[]? _input;
    private long _began;

    public HangWatch(TimeSpan limit, Action<byte[]> save)
    {
        _limit = (long)limit.TotalMilliseconds;
        _save = save;
        _timer = new Timer(_ => Look(), null, limit / 4, limit / 4);
    }

    public void Begin(byte[] input)
    {
        Volatile.Write(ref _began, Environment.TickCount64);
        Volatile.Write(ref _input, input);
    }

    public void End() => Volatile.Write(ref _input, null);

    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        if (Volatile.Read(ref _input) is not { } input || Environment.TickCount64 - Volatile.Read(ref _began) < _limit)
            return;
        _save(input);
        Environment.Exit(ExitCode);
    }
}
