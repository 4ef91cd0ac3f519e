using Millrace.Protocol.Http1;

namespace Millrace.Connections;

/// <summary>The idle <see cref="HeadReader"/>s of a server. The last one returned costs one swap, the others a lock.</summary>
internal sealed class HeadReaderPool(Http1Limits limits)
{
    private const int KeptMax = 1024;

    private readonly Lock _lock = new();
    private readonly Stack<HeadReader> _idle = new();
    private HeadReader? _last;

    public HeadReader Rent() => Interlocked.Exchange(ref _last, null) ?? RentStacked();

    public void Return(HeadReader reader)
    {
        reader.Reset();
        if (Interlocked.CompareExchange(ref _last, reader, null) is null)
            return;
        lock (_lock)
        {
            if (_idle.Count < KeptMax)
                _idle.Push(reader);
        }
    }

    private HeadReader RentStacked()
    {
        lock (_lock)
        {
            if (_idle.TryPop(out var reader))
                return reader;
        }
        return new HeadReader(limits);
    }
}
