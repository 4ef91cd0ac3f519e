using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Millrace.Benchmarks;

/// <summary>Waits for any of some sockets, exact to microseconds, where <see cref="Socket.Select(System.Collections.IList, System.Collections.IList, System.Collections.IList, int)"/> counts in milliseconds.</summary>
internal sealed partial class ReadinessPoll(IEnumerable<Socket> sockets)
{
    private const short PollIn = 1;

    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(1);

    private readonly Entry[] _entries = [.. sockets.Select(socket => new Entry { Descriptor = (int)socket.Handle, Events = PollIn })];

    /// <summary>The positions of the sockets that can be read; none when the time is over, or a second.</summary>
    public IEnumerable<int> Wait(TimeSpan timeout)
    {
        if (timeout > LongestWait)
            timeout = LongestWait;
        var time = new TimeValue { Seconds = timeout.Seconds, Nanoseconds = timeout.Ticks % TimeSpan.TicksPerSecond * TimeSpan.NanosecondsPerTick };
        _ = Poll(_entries, (nuint)_entries.Length, in time, 0);
        return Enumerable.Range(0, _entries.Length).Where(i => _entries[i].Found != 0);
    }

    [LibraryImport("libc", EntryPoint = "ppoll")]
    private static partial int Poll([In, Out] Entry[] entries, nuint count, in TimeValue timeout, nint signalMask);

    private struct Entry
    {
        public int Descriptor;
        public short Events;
        public short Found;
    }

    private struct TimeValue
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
