using System.IO.Pipes;
using System.Net;
using Microsoft.Extensions.Logging;

namespace Millrace.Transport.Pipes;

/// <summary>A named pipe and the flows that wait for its clients. Each client has an instance of the pipe for itself.</summary>
/// <remarks>The system has no queue of clients: one finds an instance that waits, or tries again. So several wait.</remarks>
internal sealed class PipeListener : Listener
{
    private const int WaitingInstances = 4;
    private const int PauseMilliseconds = 100;

    private readonly string _name;
    private readonly PipeOptions _options;
    private readonly IReadOnlyList<EventLoop> _loops;
    private readonly Action<Connection> _onAccepted;
    private readonly ShortageLog _shortage;
    private readonly Arrivals _arrivals = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private readonly Task _accepting;
    private Task? _stopping;

    /// <summary>Listens.</summary>
    /// <param name="endPoint">What the address is called.</param>
    /// <param name="name">The name of the pipe, without what stands in front of it in a path.</param>
    /// <param name="currentUserOnly">Whether only processes of this user may connect.</param>
    /// <param name="loops">Where connections keep their timers and buffers.</param>
    /// <param name="logger">Where it says that there is no room for an instance.</param>
    /// <param name="onAccepted">Gets each connection.</param>
    /// <exception cref="IOException">The name cannot be had.</exception>
    /// <exception cref="UnauthorizedAccessException">Another server has the name.</exception>
    public PipeListener(EndPoint endPoint, string name, bool currentUserOnly, IReadOnlyList<EventLoop> loops, ILogger logger, Action<Connection> onAccepted)
    {
        LocalEndPoint = endPoint;
        _name = name;
        _options = PipeOptions.Asynchronous | (currentUserOnly ? PipeOptions.CurrentUserOnly : PipeOptions.None);
        _loops = loops;
        _shortage = new ShortageLog(loops[0].Clock, logger);
        _onAccepted = onAccepted;
        // The first may find no other server at the name; the others find the first.
        var first = Open(PipeOptions.FirstPipeInstance);
        _accepting = Task.WhenAll(Enumerable.Range(0, WaitingInstances).Select(i => AcceptAsync(i == 0 ? first : null)));
    }

    public override EndPoint LocalEndPoint { get; }

    public override ValueTask StopAsync()
    {
        lock (_lock)
            return new ValueTask(_stopping ??= StopOnceAsync());
    }

    private async Task StopOnceAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _accepting.ConfigureAwait(false);
        _arrivals.Close();
        await _arrivals.Gone.ConfigureAwait(false);
    }

    private async Task AcceptAsync(NamedPipeServerStream? first)
    {
        for (var waiting = first ?? await OpenNextAsync().ConfigureAwait(false); waiting is not null; waiting = await OpenNextAsync().ConfigureAwait(false))
        {
            if (await IsConnectedAsync(waiting).ConfigureAwait(false))
                _arrivals.HandOut(new PipeConnection(EventLoop.LeastBusy(_loops), waiting), _onAccepted);
            else
                await waiting.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Waits for a client; false if the listener stopped, or the client was gone before it was seen.</summary>
    private async Task<bool> IsConnectedAsync(NamedPipeServerStream waiting)
    {
        try
        {
            await waiting.WaitForConnectionAsync(_stop.Token).ConfigureAwait(false);
            return true;
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>Another instance to wait with; null once the listener stops.</summary>
    private async Task<NamedPipeServerStream?> OpenNextAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                return Open(PipeOptions.None);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                _shortage.Note(e.HResult, PauseMilliseconds);
            }
            await Task.Delay(TimeSpan.FromMilliseconds(PauseMilliseconds), _loops[0].Clock.TimeProvider, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        return null;
    }

    private NamedPipeServerStream Open(PipeOptions more) =>
        new(_name, PipeDirection.InOut, NamedPipeServerStream.MaxAllowedServerInstances, PipeTransmissionMode.Byte, _options | more);
}
