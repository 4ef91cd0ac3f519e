namespace Millrace;

/// <summary>A URL below this server, as <see cref="Resource.UrlFor"/> makes it: a path, and a query if one was given.</summary>
public readonly record struct RouteUrl
{
    private readonly string? _query;

    internal RouteUrl(string path, string? query = null)
    {
        Path = path;
        _query = query;
    }

    /// <summary>The path, escaped.</summary>
    public string Path { get; }

    /// <summary>The query, escaped and without its question mark; empty if there is none.</summary>
    public string Query => _query ?? "";

    /// <summary>The same path with this query.</summary>
    public RouteUrl WithQuery(params ReadOnlySpan<(string Name, string Value)> parameters)
    {
        var pairs = new List<string>();
        foreach (var (name, value) in parameters)
            pairs.Add($"{Uri.EscapeDataString(name)}={Uri.EscapeDataString(value)}");
        return new RouteUrl(Path, string.Join('&', pairs));
    }

    /// <summary>Path and query, for a link or a Location.</summary>
    public override string ToString() => Query.Length == 0 ? Path : $"{Path}?{Query}";

    /// <summary>As <see cref="ToString"/>.</summary>
    public static implicit operator string(RouteUrl url) => url.ToString();
}
