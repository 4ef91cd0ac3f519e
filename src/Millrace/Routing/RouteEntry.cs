using Millrace.Handling;
using Millrace.Messages;

namespace Millrace.Routing;

/// <summary>A route at its place: with the whole path it has there, and the router whose application it belongs to.</summary>
internal sealed class RouteEntry(Route route, RoutePattern pattern, Router router) : Destination
{
    public Route Route => route;

    public RoutePattern Pattern => pattern;

    public Router Router => router;

    public BlockingHabit Habit => route.Habit;

    public override string[] Names => pattern.Names;

    public override Range Locate(ReadOnlySpan<byte> path, int parameter) => pattern.Locate(path, parameter);

    /// <summary>The method and the whole path, and where in the program the route was made.</summary>
    public override string ToString() => $"{route.Method} {pattern.Text}{route.Place}";
}
