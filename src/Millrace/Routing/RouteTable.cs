using System.Collections;

namespace Millrace;

/// <summary>Routes collected in one place, to be added to an application later: <c>app.AddRoutes(table)</c> (aiohttp: RouteTableDef).</summary>
/// <remarks>A table may be added to several applications. <c>new RouteTable { Get("/", Home), Post("/items", Create) }</c></remarks>
public sealed partial class RouteTable : IReadOnlyCollection<Route>
{
    private readonly List<Route> _routes = [];

    /// <summary>The number of routes.</summary>
    public int Count => _routes.Count;

    /// <summary>Adds a route.</summary>
    /// <returns>The route, for its options.</returns>
    public Route Add(Route route)
    {
        ArgumentNullException.ThrowIfNull(route);
        _routes.Add(route);
        return route;
    }

    /// <summary>The routes in the order they were added.</summary>
    public IEnumerator<Route> GetEnumerator() => _routes.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
