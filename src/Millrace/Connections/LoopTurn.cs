namespace Millrace.Connections;

/// <summary>
/// What a connection has moved without once waiting for its peer. A peer that is always ready must let its loop's other connections through: whoever
/// finds the turn over yields, and begins another.
/// </summary>
internal struct LoopTurn
{
    // Less than a millisecond of copying.
    private const int BytesMax = 512 * 1024;

    // A read that brings one byte costs about as much as one that brings so many.
    private const int ReadBytesMin = 4 * 1024;

    private long _bytes;

    public readonly bool IsOver => _bytes >= BytesMax;

    public void Wrote(long count) => _bytes += count;

    public void Read(int count) => _bytes += Math.Max(count, ReadBytesMin);
}
