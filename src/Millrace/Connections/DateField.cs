using Millrace.Protocol.Semantics;
using Millrace.Transport.Clock;

namespace Millrace.Connections;

/// <summary>The value of the Date field, made once a second for all connections of a server.</summary>
internal sealed class DateField(LoopClock clock)
{
    private Snapshot _snapshot = new([], long.MinValue);

    public ReadOnlySpan<byte> Value
    {
        get
        {
            var snapshot = Volatile.Read(ref _snapshot);
            long now = clock.Milliseconds;
            return now < snapshot.ValidUntil ? snapshot.Bytes : Renew(now);
        }
    }

    private byte[] Renew(long now)
    {
        var utc = clock.TimeProvider.GetUtcNow();
        var bytes = new byte[HttpDate.Length];
        HttpDate.Format(utc, bytes);
        // Whole snapshots are swapped, so two threads here at once at worst do the work twice.
        Volatile.Write(ref _snapshot, new Snapshot(bytes, now + 1000 - utc.Millisecond));
        return bytes;
    }

    private sealed record Snapshot(byte[] Bytes, long ValidUntil);
}
