using System.Diagnostics.CodeAnalysis;

namespace Millrace;

public sealed partial class Application
{
    private readonly Dictionary<object, object?> _state = [];

    /// <summary>Keeps a value that handlers and middlewares share (aiohttp: <c>app[key] = value</c>).</summary>
    /// <exception cref="InvalidOperationException">The application has started: requests read what is here without a lock. Keep an object that can change.</exception>
    public void Set<T>(AppKey<T> key, T value)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (HasStarted)
            throw new InvalidOperationException($"{key} comes too late: set it before the application has started, or in OnStartup or a cleanup context. What changes while it runs belongs into an object under a key.");
        _state[key] = value;
    }

    /// <summary>The value of a key of this application alone (aiohttp: <c>app[key]</c>).</summary>
    /// <exception cref="KeyNotFoundException">It has none; see <see cref="TryGet"/> and <see cref="Find"/>.</exception>
    public T Get<T>(AppKey<T> key) =>
        TryGet(key, out var value) ? value : throw new KeyNotFoundException($"The application has no value for {key}: set it with app.Set(key, value). Find looks in those it is mounted in, too.");

    /// <summary>The value of a key of this application alone, if it has one.</summary>
    public bool TryGet<T>(AppKey<T> key, [MaybeNullWhen(false)] out T value)
    {
        ArgumentNullException.ThrowIfNull(key);
        bool found = _state.TryGetValue(key, out object? kept);
        value = found ? (T)kept! : default;
        return found;
    }

    /// <summary>The value of a key of this application or of the nearest that it is mounted in (aiohttp: <c>request.config_dict[key]</c>).</summary>
    /// <exception cref="KeyNotFoundException">None of them has one.</exception>
    public T Find<T>(AppKey<T> key)
    {
        for (var app = this; app is not null; app = app.Parent)
        {
            if (app.TryGet(key, out var value))
                return value;
        }
        throw new KeyNotFoundException($"Neither the application nor one that it is mounted in has a value for {key}: set it with app.Set(key, value).");
    }
}
