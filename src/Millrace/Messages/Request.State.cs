using System.Diagnostics.CodeAnalysis;

namespace Millrace;

public sealed partial class Request
{
    private Dictionary<object, object?>? _state;

    /// <summary>Keeps a value for those who see the request after this one, as a middleware does for the handler (aiohttp: <c>request[key] = value</c>).</summary>
    public void Set<T>(RequestKey<T> key, T value)
    {
        ArgumentNullException.ThrowIfNull(key);
        (_state ??= [])[key] = value;
    }

    /// <summary>The value of a key (aiohttp: <c>request[key]</c>).</summary>
    /// <exception cref="KeyNotFoundException">The request has none; see <see cref="TryGet"/>.</exception>
    public T Get<T>(RequestKey<T> key) =>
        TryGet(key, out var value) ? value : throw new KeyNotFoundException($"The request has no value for {key}: a middleware in front of the handler sets it with request.Set(key, value).");

    /// <summary>The value of a key, if the request has one.</summary>
    public bool TryGet<T>(RequestKey<T> key, [MaybeNullWhen(false)] out T value)
    {
        ArgumentNullException.ThrowIfNull(key);
        object? kept = null;
        bool found = _state is not null && _state.TryGetValue(key, out kept);
        value = found ? (T)kept! : default;
        return found;
    }
}
