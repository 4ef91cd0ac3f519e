using System.Runtime.InteropServices;

namespace Millrace.Hosting;

/// <summary>Waits for the word to end: SIGINT (Ctrl-C), SIGTERM, or a token.</summary>
internal sealed class ExitSignals : IDisposable
{
    private readonly TaskCompletionSource _received = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<PosixSignalRegistration> _signals = [];
    private readonly CancellationTokenRegistration _token;

    public ExitSignals(bool handleSignals, CancellationToken cancellationToken)
    {
        _token = cancellationToken.UnsafeRegister(static received => ((TaskCompletionSource)received!).TrySetResult(), _received);
        if (!handleSignals)
            return;
        _signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal));
        _signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal));
    }

    public Task Received => _received.Task;

    public void Dispose()
    {
        foreach (var signal in _signals)
            signal.Dispose();
        _token.Dispose();
    }

    private void OnSignal(PosixSignalContext context)
    {
        // The first signal asks; the second is for whoever cannot wait, and the system ends the process.
        context.Cancel = _received.TrySetResult();
    }
}
