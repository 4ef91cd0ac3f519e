using Millrace.Benchmarks;

/// <summary>Items read a moment ago. A fixed number of places, each for many ids: whoever comes last has it, so the cache cannot grow.</summary>
internal sealed class ItemCache(TimeProvider clock)
{
    private static readonly TimeSpan AgeMax = TimeSpan.FromMilliseconds(200);

    private readonly Entry?[] _places = new Entry?[8192];

    public Item? Find(int id) =>
        Volatile.Read(ref Place(id)) is { } entry && entry.Item.Id == id && clock.GetElapsedTime(entry.ReadAt) < AgeMax ? entry.Item : null;

    public void Keep(Item item) => Volatile.Write(ref Place(item.Id), new Entry(item, clock.GetTimestamp()));

    public void Drop(int id) => Volatile.Write(ref Place(id), null);

    private ref Entry? Place(int id) => ref _places[(uint)id % (uint)_places.Length];

    private sealed record Entry(Item Item, long ReadAt);
}
