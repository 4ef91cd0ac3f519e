using System.Diagnostics.CodeAnalysis;
using Millrace.Messages;

namespace Millrace.Routing;

/// <summary>The handler of a route with its own middlewares, inside those of its applications.</summary>
internal sealed class RouteEndpoint : Endpoint
{
    private readonly RoutePattern _pattern;

    [SetsRequiredMembers]
    public RouteEndpoint(RouteEntry entry) : base(entry.Router, entry.Route.Habit)
    {
        _pattern = entry.Pattern;
        Route = entry.Route;
        var handler = entry.Route.Handler;
        Inner = entry.Route.Middlewares.Count == 0 ? handler : MiddlewareList.Around(entry.Router.OrAnew(handler), entry.Route.Middlewares);
        Handler = entry.Router.Around(Inner);
    }

    public Route Route { get; }

    public override string RouteText => _pattern.Text.Length == 0 ? "/" : _pattern.Text;

    public override long? BodyBytesMax => Route.BodyBytesMax;

    public override HandlerRules? HandlerRules => Route.HandlerRules;

    public override bool MayHaveRules => HandlerRules is not null || base.MayHaveRules || (Router.HasRules && Route.Middlewares.Count > 0);

    public override string[] Names => _pattern.Names;

    public override Range Locate(ReadOnlySpan<byte> path, int parameter) => _pattern.Locate(path, parameter);
}
