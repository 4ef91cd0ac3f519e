using System.Diagnostics.Metrics;
using Millrace.Transport;

namespace Millrace.Connections;

/// <summary>How long each loop takes to get to what is posted to it. It is measured when somebody asks, for who asks next.</summary>
internal sealed class LoopLag(IEnumerable<EventLoop> loops, TimeProvider time)
{
    private readonly Probe[] _probes = [.. loops.Select((loop, index) => new Probe(loop, index, time))];

    public IEnumerable<Measurement<double>> Measure() => [.. _probes.Select(probe => probe.Measure())];

    private sealed class Probe(EventLoop loop, int index, TimeProvider time)
    {
        private readonly KeyValuePair<string, object?> _tag = new("millrace.loop", index);

        // When the probe was posted that has not run yet; 0 if there is none.
        private long _posted;
        private long _lagTicks;

        public Measurement<double> Measure()
        {
            long now = time.GetTimestamp();
            long posted = Interlocked.CompareExchange(ref _posted, now, 0);
            if (posted == 0)
                loop.Post(OnRun);
            // A loop that has not come to it yet is behind by at least this much.
            var lag = posted == 0 ? TimeSpan.FromTicks(Interlocked.Read(ref _lagTicks)) : time.GetElapsedTime(posted, now);
            return new Measurement<double>(lag.TotalSeconds, _tag);
        }

        private void OnRun()
        {
            Interlocked.Exchange(ref _lagTicks, time.GetElapsedTime(Interlocked.Read(ref _posted)).Ticks);
            Interlocked.Exchange(ref _posted, 0);
        }
    }
}
