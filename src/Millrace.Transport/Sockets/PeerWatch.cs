using System.Net.Sockets;
using Millrace.Transport.Clock;

namespace Millrace.Transport.Sockets;

/// <summary>
/// Finds out whether a peer has ended while nobody reads. The probe tells, unless bytes lie unread in front of the end: then
/// nothing would announce it, so the watch looks again after a while.
/// </summary>
internal sealed class PeerWatch(SocketConnection connection, Socket socket) : LoopTimer
{
    private const int AgainMilliseconds = 250;

    /// <summary>Any thread.</summary>
    public void Look()
    {
        Span<byte> one = stackalloc byte[1];
        switch (connection.TryReceive(one, SocketFlags.Peek))
        {
            case Connection.EndOfStream:
                connection.OnPeerClosed();
                break;
            case Connection.NothingYet:
                connection.StartProbe();
                break;
            case > 0 when HasPeerEnded():
                connection.OnPeerClosed();
                break;
            case > 0:
                connection.Loop.Timers.Set(this, connection.Loop.Clock.Milliseconds + AgainMilliseconds);
                break;
            default:
                // Lost, and TryReceive has told so.
                break;
        }
    }

    protected internal override void OnDue()
    {
        if (!connection.PeerClosed)
            Look();
    }

    private bool HasPeerEnded()
    {
        try
        {
            return TcpState.HasPeerEnded(socket);
        }
        catch (ObjectDisposedException)
        {
            return true;
        }
    }
}
