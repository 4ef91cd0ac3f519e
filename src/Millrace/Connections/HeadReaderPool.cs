using Millrace.Protocol.Http1;

namespace Millrace.Connections;

/// <summary>The idle <see cref="HeadReader"/>s of a server.</summary>
internal sealed class HeadReaderPool(Http1Limits limits)
{
    private const int KeptMax = 1024;

    private readonly Lock _lock = new();
    private readonly Stack<HeadReader> _idle = new();

    public HeadReader Rent()
    {
        lock (_lock)
        {
            if (_idle.TryPop(out var reader))
                return reader;
        }
        return new HeadReader(limits);
    }

    public void Return(HeadReader reader)
    {
        reader.Reset();
        lock (_lock)
        {
            if (_idle.Count < KeptMax)
                _idle.Push(reader);
        }
    }
}
