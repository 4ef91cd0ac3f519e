using System.Runtime.InteropServices;

namespace Millrace.Hosting;

/// <summary>Waits for the word to end: SIGINT (Ctrl-C), SIGTERM, or a token.</summary>
internal sealed class ExitSignals : IDisposable
{
    // Not disposed, which they need not be: a signal may be on its way here when everything else has ended.
    private readonly CancellationTokenSource _asked = new();
    private readonly CancellationTokenSource _again = new();
    private readonly CancellationTokenRegistration _token;
    private readonly List<PosixSignalRegistration> _registrations = [];
    private int _signals;

    public ExitSignals(bool handleSignals, CancellationToken cancellationToken)
    {
        _token = cancellationToken.UnsafeRegister(static asked => ((CancellationTokenSource)asked!).Cancel(), _asked);
        if (!handleSignals)
            return;
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal));
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal));
    }

    /// <summary>Cancelled by the first signal, or by the token.</summary>
    public CancellationToken Asked => _asked.Token;

    /// <summary>Cancelled by the second signal: whoever sent it cannot wait.</summary>
    public CancellationToken Again => _again.Token;

    public void Dispose()
    {
        foreach (var registration in _registrations)
            registration.Dispose();
        _token.Dispose();
    }

    internal void OnSignal(PosixSignalContext context)
    {
        // The third is for whoever cannot wait at all, and the system ends the process.
        int signals = Interlocked.Increment(ref _signals);
        context.Cancel = signals <= 2;
        // Not here: what waits for it runs on inside, and the next signal must be heard meanwhile.
        if (signals == 1)
            _ = _asked.CancelAsync();
        else if (signals == 2)
            _ = _again.CancelAsync();
    }
}
