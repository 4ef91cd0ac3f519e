namespace Millrace.Routing;

/// <summary>A route at its place: with the whole path it has there, and the router whose application it belongs to.</summary>
internal sealed class RouteEntry(Route route, RoutePattern pattern, Router router)
{
    private RouteEndpoint? _endpoint;

    public Route Route => route;

    public RoutePattern Pattern => pattern;

    public Router Router => router;

    /// <summary>What answers its requests; there once the outermost application has started.</summary>
    public RouteEndpoint Endpoint => _endpoint ?? throw new InvalidOperationException("The router is not frozen.");

    public void Freeze()
    {
        route.Freeze();
        _endpoint = new RouteEndpoint(this);
    }

    /// <summary>The same route where its application is mounted.</summary>
    public RouteEntry Under(string prefix)
    {
        if (prefix.Length > 0 && pattern.Text == RoutePattern.Pathless)
            throw new InvalidOperationException($"The route {this} cannot be mounted at '{prefix}': targets without a path are the outermost application's.");
        return new RouteEntry(route, prefix.Length == 0 ? pattern : RoutePattern.Parse(prefix + pattern.Text), router);
    }

    /// <summary>The method and the whole path, and where in the program the route was made.</summary>
    public override string ToString() => $"{route.Method} {pattern.Text}{route.Place}";
}
