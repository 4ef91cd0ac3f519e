using Microsoft.Extensions.Logging;

namespace Millrace.Transport.Epoll;

/// <summary>Linux: loops over epoll, led by threads of its own, with hand-over of a blocked loop.</summary>
internal sealed class EpollTransport : ServerTransport
{
    private uint _generation;
    private int _stopped;

    public EpollTransport(TransportOptions options)
    {
        Logger = options.Logger;
        TimeProvider = options.TimeProvider;
        Crew = new Crew(options);
        Watchdog = new Watchdog(this, options);
        Loops = new EpollLoop[options.LoopCount];
        try
        {
            for (int i = 0; i < Loops.Length; i++)
                Loops[i] = new EpollLoop(this, options.TimeProvider);
            Watchdog.Start();
            Crew.Lead(Loops);
        }
        catch
        {
            // Nobody leads yet: either all loops have a thread or none.
            Watchdog.Dispose();
            foreach (EpollLoop? loop in Loops)
                loop?.Free();
            throw;
        }
    }

    public EpollLoop[] Loops { get; }

    public override IReadOnlyList<EventLoop> EventLoops => Loops;

    public Crew Crew { get; }

    public Watchdog Watchdog { get; }

    public ILogger Logger { get; }

    public TimeProvider TimeProvider { get; }

    public DescriptorHeadroom Headroom { get; } = new();

    public override long HandOvers => Watchdog.HandOvers;

    protected override Listener Listen(ListenSocket socket, Action<Connection> onAccepted) => new EpollListener(this, socket, onAccepted);

    public override async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _stopped, 1) != 0)
            return;
        foreach (var loop in Loops)
            loop.Stop();
        // The watchdog goes on until then: a loop held up by a callback must be taken over once more to end.
        await Crew.StopAsync().ConfigureAwait(false);
        Watchdog.Dispose();
        foreach (var loop in Loops)
            loop.Free();
    }

    public uint NextGeneration() => Interlocked.Increment(ref _generation);
}
