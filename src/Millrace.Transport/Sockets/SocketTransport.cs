using Microsoft.Extensions.Logging;

namespace Millrace.Transport.Sockets;

/// <summary>Every operating system: connections over System.Net.Sockets, callbacks on the thread pool.</summary>
/// <remarks>There is no hand-over here: a callback that blocks keeps a thread of the pool, and the pool adds others in its own time.</remarks>
internal sealed class SocketTransport : ServerTransport
{
    public SocketTransport(TransportOptions options)
    {
        Logger = options.Logger;
        TimeProvider = options.TimeProvider;
        Loops = new PooledLoop[options.LoopCount];
        for (int i = 0; i < Loops.Length; i++)
            Loops[i] = new PooledLoop(options.TimeProvider, options.Logger);
    }

    public PooledLoop[] Loops { get; }

    public override IReadOnlyList<EventLoop> EventLoops => Loops;

    public ILogger Logger { get; }

    public TimeProvider TimeProvider { get; }

    public DescriptorHeadroom Headroom { get; } = new();

    protected override Listener Listen(ListenSocket socket, Action<Connection> onAccepted) => new SocketListener(this, socket, onAccepted);

    public override ValueTask DisposeAsync()
    {
        foreach (var loop in Loops)
            loop.Dispose();
        return ValueTask.CompletedTask;
    }
}
