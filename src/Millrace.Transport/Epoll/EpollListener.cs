using System.Net;
using System.Net.Sockets;
using Millrace.Transport.Epoll.Native;

namespace Millrace.Transport.Epoll;

/// <summary>
/// One listening socket that every loop accepts from. The kernel wakes one loop for a new connection (EPOLLEXCLUSIVE),
/// and the connection goes to the loop that has the fewest.
/// </summary>
internal sealed class EpollListener : Listener, IReadinessTarget
{
    // Enough to take a burst in few wake-ups, few enough not to hold up the loop's other events.
    private const int AcceptsPerEvent = 32;

    private readonly EpollTransport _transport;
    private readonly ListenSocket _listening;
    private readonly Socket _socket;
    private readonly Action<Connection> _onAccepted;
    private readonly AcceptPause _pause;
    private readonly Lock _lock = new();
    private readonly Arrivals _arrivals = new();
    private bool _watched;
    private bool _closed;
    private Task? _stopping;

    public EpollListener(EpollTransport transport, ListenSocket listening, Action<Connection> onAccepted)
    {
        _listening = listening;
        _transport = transport;
        _socket = listening.Socket;
        _onAccepted = onAccepted;
        LocalEndPoint = _socket.LocalEndPoint!;
        _pause = new AcceptPause(transport.Loops[0], transport.Headroom, transport.Logger, TryWatch);
        Descriptor = (int)_socket.Handle;
        Generation = transport.NextGeneration();
        Watch();
    }

    public int Descriptor { get; }

    public uint Generation { get; }

    public override EndPoint LocalEndPoint { get; }

    public void OnEvents(uint events)
    {
        if (!_arrivals.TryBegin())
            return;
        try
        {
            for (int n = 0; n < AcceptsPerEvent && AcceptOne(); n++)
            {
            }
        }
        finally
        {
            _arrivals.End();
        }
    }

    public override ValueTask StopAsync()
    {
        lock (_lock)
        {
            if (_stopping is not null)
                return new ValueTask(_stopping);
            _stopping = _arrivals.Gone;
        }
        return new ValueTask(StopOnceAsync());
    }

    private async Task StopOnceAsync()
    {
        await _listening.TurnNewcomersAwayAsync(_transport.TimeProvider).ConfigureAwait(false);
        lock (_lock)
            Unwatch();
        // Whoever has connected was promised an answer: closing the socket would reset them.
        while (AcceptOne())
        {
        }
        lock (_lock)
        {
            _closed = true;
            _socket.Dispose();
        }
        _pause.Stop();
        _arrivals.Close();
        await _arrivals.Gone.ConfigureAwait(false);
    }

    private bool AcceptOne()
    {
        Span<byte> address = stackalloc byte[SocketAddressBytes.Length];
        int fd;
        int length;
        // Not without the lock: once the socket is closed, its number may be another listener's.
        lock (_lock)
        {
            if (_closed)
                return false;
            fd = Libc.Accept(Descriptor, address, out length);
        }
        switch (fd)
        {
            case >= 0:
                bool last = _stopping is null && _transport.Headroom.IsKept(fd);
                if (last)
                    Pause(Libc.EMFILE);
                if (TryAdopt(fd, address[..Math.Min(length, address.Length)]))
                    return !last;
                Pause(Libc.ENOMEM);
                return false;
            case -Libc.EAGAIN:
                return false;
            case -Libc.EMFILE or -Libc.ENFILE or -Libc.ENOBUFS or -Libc.ENOMEM:
                Pause(-fd);
                return false;
            default:
                // accept(2): errors of the new connection itself (it was reset in the queue) come out here; the next one may be fine.
                return fd is not -Libc.EBADF and not -Libc.EINVAL;
        }
    }

    /// <summary>False if the loop cannot watch one more: the connection is closed.</summary>
    private bool TryAdopt(int fd, ReadOnlySpan<byte> address)
    {
        var loop = EventLoop.LeastBusy(_transport.Loops);
        var connection = new EpollConnection(loop, fd, _transport.NextGeneration(), address);
        if (!loop.TryAddConnection(connection))
        {
            Libc.Close(fd);
            return false;
        }
        _onAccepted(connection);
        return true;
    }

    private void Pause(int error)
    {
        lock (_lock)
        {
            if (!_watched)
                return;
            Unwatch();
        }
        _pause.Begin(error);
    }

    private bool TryWatch()
    {
        try
        {
            Watch();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>All loops watch from here on, or none does.</summary>
    /// <exception cref="SocketException">The kernel has no memory to watch one more descriptor (epoll_ctl(2): ENOMEM, ENOSPC).</exception>
    private void Watch()
    {
        lock (_lock)
        {
            if (_stopping is not null)
                return;
            _watched = true;
            try
            {
                foreach (var loop in _transport.Loops)
                    loop.Add(this, Libc.EPOLLIN | Libc.EPOLLEXCLUSIVE);
            }
            catch (SocketException)
            {
                Unwatch();
                throw;
            }
        }
    }

    private void Unwatch()
    {
        if (!_watched)
            return;
        _watched = false;
        foreach (var loop in _transport.Loops)
            loop.Unwatch(this);
    }
}
