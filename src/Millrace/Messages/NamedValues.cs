namespace Millrace.Messages;

/// <summary>Names with values, in the order they were sent; a name may stand there several times.</summary>
internal sealed class NamedValues(StringComparison comparison)
{
    public List<KeyValuePair<string, string>> Pairs { get; } = [];

    public void Add(string name, string value) => Pairs.Add(new(name, value));

    /// <summary>The first value of that name, or null.</summary>
    public string? First(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        foreach (var pair in Pairs)
        {
            if (pair.Key.Equals(name, comparison))
                return pair.Value;
        }
        return null;
    }

    /// <summary>Every value of that name.</summary>
    public IReadOnlyList<string> All(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return [.. Pairs.Where(pair => pair.Key.Equals(name, comparison)).Select(pair => pair.Value)];
    }
}
