namespace Millrace;

/// <summary>Under what a request keeps a value of a type (aiohttp: RequestKey). Two keys are the same only if they are one object: <c>static readonly RequestKey&lt;User&gt; User = new("user")</c>.</summary>
/// <param name="name">For messages.</param>
/// <typeparam name="T">The type of the value.</typeparam>
public sealed class RequestKey<T>(string name)
{
    /// <summary>The name, for messages.</summary>
    public string Name { get; } = name ?? throw new ArgumentNullException(nameof(name));

    /// <inheritdoc/>
    public override string ToString() => $"RequestKey<{typeof(T).Name}>(\"{Name}\")";
}
