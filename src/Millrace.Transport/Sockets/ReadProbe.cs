using System.Net.Sockets;

namespace Millrace.Transport.Sockets;

/// <summary>A receive of no bytes: completes when there is something to read, and holds no buffer until then.</summary>
internal sealed class ReadProbe : SocketAsyncEventArgs
{
    private readonly SocketConnection _connection;
    private readonly Socket _socket;
    private int _pending;

    // True: no caller's AsyncLocal values come along.
    public ReadProbe(SocketConnection connection, Socket socket) : base(true)
    {
        _connection = connection;
        _socket = socket;
    }

    public bool IsPending => Volatile.Read(ref _pending) != 0;

    /// <summary>Probes unless a probe is pending. Any thread.</summary>
    public void Start()
    {
        if (Interlocked.Exchange(ref _pending, 1) != 0)
            return;
        try
        {
            if (_socket.ReceiveAsync(this))
                return;
        }
        catch (ObjectDisposedException)
        {
            // Closed, or aborted: then the flag that says so wakes the flow.
            return;
        }
        OnCompleted(this);
    }

    protected override void OnCompleted(SocketAsyncEventArgs e)
    {
        var error = SocketError;
        Volatile.Write(ref _pending, 0);
        _connection.OnProbed(error);
    }
}
