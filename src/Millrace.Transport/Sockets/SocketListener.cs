using System.Net;
using System.Net.Sockets;

namespace Millrace.Transport.Sockets;

/// <summary>A listening socket and the one flow that accepts from it.</summary>
internal sealed class SocketListener : Listener
{
    private readonly SocketTransport _transport;
    private readonly ListenSocket _listening;
    private readonly Socket _socket;
    private readonly Action<Connection> _onAccepted;
    private readonly Arrivals _arrivals = new();
    private readonly AcceptPause _pause;
    private readonly Wakeup _pauseOver = new();
    private readonly Lock _lock = new();
    private readonly Task _accepting;
    private Task? _stopping;

    public SocketListener(SocketTransport transport, ListenSocket listening, Action<Connection> onAccepted)
    {
        _listening = listening;
        _transport = transport;
        _socket = listening.Socket;
        _onAccepted = onAccepted;
        _pause = new AcceptPause(transport.Loops[0], transport.Headroom, transport.Logger, TryResume);
        LocalEndPoint = _socket.LocalEndPoint!;
        _accepting = AcceptAllAsync();
    }

    public override EndPoint LocalEndPoint { get; }

    public override ValueTask StopAsync()
    {
        lock (_lock)
            return new ValueTask(_stopping ??= Task.Run(StopOnceAsync));
    }

    private async Task StopOnceAsync()
    {
        await _listening.TurnNewcomersAwayAsync(_transport.TimeProvider).ConfigureAwait(false);
        // Whoever has connected was promised an answer: closing the socket would reset them.
        while (TryAcceptNow() is { } accepted)
            HandOut(accepted);
        _socket.Dispose();
        _pause.Stop();
        await _accepting.ConfigureAwait(false);
        _arrivals.Close();
        await _arrivals.Gone.ConfigureAwait(false);
    }

    private async Task AcceptAllAsync()
    {
        using var operation = new SocketOperation();
        while (true)
        {
            var error = await operation.AcceptAsync(_socket).ConfigureAwait(false);
            switch (error)
            {
                case SocketError.Success:
                    bool last = OperatingSystem.IsLinux() && _transport.Headroom.IsKept(operation.AcceptSocket!.Handle);
                    HandOut(operation.AcceptSocket!);
                    if (last)
                        await PauseAsync(SocketError.TooManyOpenSockets).ConfigureAwait(false);
                    break;
                // SocketError: one that .NET has no name for, as ENOMEM is on Linux.
                case SocketError.TooManyOpenSockets or SocketError.NoBufferSpaceAvailable or SocketError.SocketError:
                    await PauseAsync(error).ConfigureAwait(false);
                    break;
                case SocketError.OperationAborted or SocketError.NotSocket or SocketError.InvalidArgument:
                    return;
                default:
                    // Errors of the new connection itself (it was reset in the queue) come out here; the next one may be fine.
                    break;
            }
        }
    }

    private ValueTask PauseAsync(SocketError error)
    {
        _pause.Begin((int)error);
        return _pauseOver.WaitAsync();
    }

    private bool TryResume()
    {
        _pauseOver.Raise();
        return true;
    }

    private Socket? TryAcceptNow()
    {
        try
        {
            return _socket.Poll(TimeSpan.Zero, SelectMode.SelectRead) ? _socket.Accept() : null;
        }
        catch (SocketException)
        {
            // The accepting flow was faster, or there is no descriptor for one more.
            return null;
        }
    }

    private void HandOut(Socket accepted)
    {
        if (SocketConnection.TryCreate(EventLoop.LeastBusy(_transport.Loops), accepted) is { } connection)
            _arrivals.HandOut(connection, _onAccepted);
    }
}
