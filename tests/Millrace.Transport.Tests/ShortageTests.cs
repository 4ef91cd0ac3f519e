using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Millrace.Testing;
using Millrace.Transport.Clock;
using Millrace.Transport.Epoll;
using Millrace.Transport.Epoll.Native;
using Millrace.Transport.Tests.Support;

namespace Millrace.Transport.Tests;

/// <summary>The system refuses something in the middle: nothing is left half done.</summary>
public sealed class ShortageTests
{
    [Fact]
    public void A_pause_that_cannot_end_goes_on_and_ends_at_a_later_attempt()
    {
        var time = new FakeTimeProvider();
        using var loop = new InMemoryLoop(time, NullLogger.Instance);
        int attempts = 0;
        var pause = new AcceptPause(loop, new DescriptorHeadroom(), NullLogger.Instance, () => ++attempts == 3);
        pause.Begin(Libc.ENOMEM);
        for (int i = 0; i < 10; i++)
            time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(3, attempts);
    }

    [Fact]
    public void A_shortage_is_logged_once_however_many_meet_it_and_the_next_one_again()
    {
        var time = new FakeTimeProvider();
        var log = new RecordingLogger();
        var shortage = new ShortageLog(new LoopClock(time), log);
        for (int i = 0; i < 1000; i++)
        {
            Parallel.For(0, 4, _ => shortage.Note(Libc.EMFILE, 100));
            time.Advance(TimeSpan.FromMilliseconds(100));
        }
        Assert.Equal(1, log.Count(2));
        time.Advance(TimeSpan.FromMinutes(2));
        shortage.Note(Libc.EMFILE, 100);
        Assert.Equal(2, log.Count(2));
    }

    [EpollFact]
    public async Task A_socket_that_one_loop_cannot_watch_is_watched_by_none()
    {
        await using var transport = new EpollTransport(new TransportOptions { Loops = 3 });
        using var socket = Bound();
        var target = new Target((int)socket.Handle);
        // What is watched already cannot be watched again: the kernel refuses as it does without memory.
        transport.Loops[1].Add(target, Libc.EPOLLIN);
        Assert.Throws<SocketException>(() => new EpollListener(transport, ListenSocket.Adopt(socket, new ListenOptions()), _ => { }));
        foreach (var loop in transport.Loops)
            loop.Add(target, Libc.EPOLLIN);
    }

    [EpollFact]
    public async Task A_socket_that_cannot_be_listened_on_is_closed()
    {
        await using var transport = new EpollTransport(new TransportOptions { Loops = 1 });
        using var socket = Bound();
        transport.Loops[0].Add(new Target((int)socket.Handle), Libc.EPOLLIN);
        Assert.Throws<SocketException>(() => transport.Listen(socket, new ListenOptions(), _ => { }));
        Assert.True(socket.SafeHandle.IsClosed);
    }

    private static Socket Bound()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return socket;
    }

    private sealed class Target(int descriptor) : IReadinessTarget
    {
        public int Descriptor => descriptor;

        public uint Generation => uint.MaxValue;

        public void OnEvents(uint events)
        {
            // Nobody connects.
        }
    }
}
