using Millrace.Protocol.Semantics;
using Millrace.Routing;

namespace Millrace;

/// <summary>Finds the route of a request and runs its handler; answers 404, 405 and 501 itself (aiohttp: UrlDispatcher).</summary>
public sealed class Router
{
    private readonly RouteTree _tree = new();
    private readonly List<Route> _routes = [];
    private bool _frozen;

    internal Router()
    {
    }

    /// <summary>The routes, in the order they were added.</summary>
    public IReadOnlyList<Route> Routes => _routes;

    /// <summary>Adds a route. Of several patterns that match a path the most specific wins, whatever the order.</summary>
    /// <exception cref="InvalidOperationException">The application has started, or another route matches the same requests.</exception>
    public void Add(Route route)
    {
        ArgumentNullException.ThrowIfNull(route);
        if (_frozen)
            throw new InvalidOperationException($"The route {route} comes too late: add routes before the application starts.");
        _tree.Add(route);
        _routes.Add(route);
    }

    internal void Freeze() => _frozen = true;

    internal ValueTask<StreamResponse> HandleAsync(Request request)
    {
        var route = _tree.Find(request.KnownMethod, request.Method, request.View.Path, out var values, out var allowed);
        if (route is null)
            return new ValueTask<StreamResponse>(Refuse(request, allowed));
        if (values.Length > 0)
            request.Match = new RouteMatch(request.View, route.Pattern.Names, values);
        if (route.BodyBytesMax is { } bytesMax)
            request.BodyBytesMax = bytesMax;
        if (route.HandlerRules is { } rules)
            request.HandlerRules = rules;
        return route.Habit.Run(route.Handler, request);
    }

    private Response Refuse(Request request, SortedSet<string>? allowed)
    {
        // RFC 9110 section 9.3.7: OPTIONS * asks about the server as a whole.
        if (request.View.Head.Target.Form == TargetForm.Asterisk)
        {
            var response = new Response();
            response.Headers["Allow"] = string.Join(",", MethodsOfAllRoutes());
            return response;
        }
        if (allowed is not null)
        {
            var response = Response.Text("405: Method Not Allowed", 405);
            response.Headers["Allow"] = string.Join(",", allowed);
            return response;
        }
        // RFC 9110 section 9.1: a method nobody here has heard of is 501, whatever the path; so is a tunnel, which has no path.
        if (request.KnownMethod is KnownMethod.Other or KnownMethod.Connect)
            return Response.Text(HttpException.DefaultText(501), 501);
        return Response.Text("404: Not Found", 404);
    }

    private SortedSet<string> MethodsOfAllRoutes()
    {
        var methods = new SortedSet<string>(_routes.Select(route => route.Method).Where(method => method != Route.AnyMethod), StringComparer.Ordinal) { "OPTIONS" };
        if (methods.Contains("GET"))
            methods.Add("HEAD");
        return methods;
    }
}
