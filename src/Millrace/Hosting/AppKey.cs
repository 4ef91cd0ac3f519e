namespace Millrace;

/// <summary>Under what an application keeps a value of a type (aiohttp: AppKey). Two keys are the same only if they are one object: <c>static readonly AppKey&lt;Database&gt; Db = new("db")</c>.</summary>
/// <param name="name">For messages.</param>
/// <typeparam name="T">The type of the value.</typeparam>
public sealed class AppKey<T>(string name)
{
    /// <summary>The name, for messages.</summary>
    public string Name { get; } = name ?? throw new ArgumentNullException(nameof(name));

    /// <inheritdoc/>
    public override string ToString() => $"AppKey<{typeof(T).Name}>(\"{Name}\")";
}
