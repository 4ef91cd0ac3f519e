using Millrace.Routing;

namespace Millrace;

/// <summary>A path of a router and its routes (aiohttp: Resource).</summary>
public sealed class Resource
{
    private readonly Router _router;
    private readonly List<Route> _routes = [];

    internal Resource(Router router, Route first)
    {
        _router = router;
        _routes.Add(first);
        Name = first.Name;
    }

    /// <summary>The name to find it by; null if it has none.</summary>
    public string? Name { get; internal set; }

    /// <summary>The path pattern with the prefixes that the application is mounted at (aiohttp: canonical).</summary>
    public string Path => Pattern.Text.Length == 0 ? "/" : Pattern.Text;

    /// <summary>The routes of the path, one for each method, in the order they were added.</summary>
    public IReadOnlyList<Route> Routes => _routes;

    private RoutePattern Pattern => _router.Whole(_routes[0].Pattern);

    /// <summary>The URL of the path with a value for each parameter: <c>app.Router["user"].UrlFor(("name", "x"))</c>. Values are escaped; that of a catch-all keeps its slashes.</summary>
    /// <exception cref="ArgumentException">A value is missing, is empty, or is for a parameter that the path has not.</exception>
    public RouteUrl UrlFor(params ReadOnlySpan<(string Name, string Value)> values) => new(Pattern.Build(values));

    /// <inheritdoc/>
    public override string ToString() => $"{string.Join(",", _routes.Select(route => route.Method))} {Path}";

    internal void Add(Route route) => _routes.Add(route);
}
