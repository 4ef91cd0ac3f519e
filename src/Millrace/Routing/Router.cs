using Millrace.Handling;
using Millrace.Protocol.Semantics;
using Millrace.Routing;

namespace Millrace;

/// <summary>Finds the route of a request and runs its handler; answers 404, 405 and 501 itself (aiohttp: UrlDispatcher).</summary>
public sealed partial class Router
{
    private readonly RouteTree _tree = new();
    private readonly List<RouteEntry> _entries = [];
    private readonly List<Route> _routes = [];
    private readonly List<Resource> _resources = [];
    private readonly Dictionary<string, Resource> _names = [];
    private readonly BlockingHabit _refusalHabit = new();
    private Handler _refusalHandler = RefusalEndpoint.Answer;
    private bool _frozen;

    internal Router(Application application)
    {
        Application = application;
    }

    /// <summary>The routes of this application, without those of mounted ones, in the order they were added.</summary>
    public IReadOnlyList<Route> Routes => _routes;

    /// <summary>The paths of this application, without those of mounted ones, in the order they were added (aiohttp: <c>resources()</c>).</summary>
    public IReadOnlyList<Resource> Resources => _resources;

    /// <summary>The application whose routes these are.</summary>
    internal Application Application { get; }

    /// <summary>The path of a name, to make URLs of.</summary>
    /// <exception cref="KeyNotFoundException">No route of this application has the name.</exception>
    public Resource this[string name] => _names.TryGetValue(name, out var resource) ? resource
        : throw new KeyNotFoundException($"No route of this application is named '{name}': name one with Get(path, handler, name: \"{name}\"). A mounted application has names of its own.");

    /// <summary>Adds a route. Of several patterns that match a path the most specific wins, whatever the order.</summary>
    /// <exception cref="InvalidOperationException">The application has started, another route matches the same requests, or another path has the name.</exception>
    public void Add(Route route)
    {
        ArgumentNullException.ThrowIfNull(route);
        if (_frozen)
            throw new InvalidOperationException($"The route {route}{route.Place} comes too late: add routes before the application starts.");
        if (route.Name is { } name && _names.TryGetValue(name, out var named) && named.Routes[0].Path != route.Path)
            throw new InvalidOperationException($"The route {route}{route.Place} cannot be named '{name}': {named.Routes[0]}{named.Routes[0].Place} has the name. Choose another one.");
        Add(new RouteEntry(route, route.Pattern, this));
        _routes.Add(route);
        AddToResources(route);
    }

    internal ValueTask<StreamResponse> HandleAsync(Request request)
    {
        var endpoint = Resolve(request);
        return endpoint.Habit.Run(endpoint.Handler, request);
    }

    /// <summary>As <see cref="HandleAsync"/>, for what could not be read as a request.</summary>
    internal ValueTask<StreamResponse> RefuseAsync(Request request, HttpException refusal)
    {
        request.Destination = Refused(refusal);
        return _refusalHabit.Run(_refusalHandler, request);
    }

    private void Add(RouteEntry entry)
    {
        _tree.Add(entry);
        _entries.Add(entry);
        if (_prefix is not null)
            Parent!.Add(entry.Under(_prefix));
    }

    private void AddToResources(Route route)
    {
        var resource = _resources.Find(resource => resource.Routes[0].Path == route.Path);
        if (resource is null)
            _resources.Add(resource = new Resource(this, route));
        else
            resource.Add(route);
        if (route.Name is { } name && _names.TryAdd(name, resource))
            resource.Name ??= name;
    }

    private Endpoint Resolve(Request request)
    {
        if (_domains.Count > 0 && FindDomain(request) is { } domain)
            return domain.Resolve(request);
        var entry = _tree.Find(request.KnownMethod, request.Method, request.View.Path, out var allowed, out var mounted);
        if (entry is null)
        {
            var refused = (mounted ?? this).Refused(Refuse(request, allowed));
            request.Destination = refused;
            return refused;
        }
        request.Destination = entry.Endpoint;
        return entry.Endpoint;
    }

    private RefusalEndpoint Refused(HttpException refusal) => new(this, _refusalHabit, _refusalHandler, refusal);

    private HttpException Refuse(Request request, SortedSet<string>? allowed)
    {
        // RFC 9110 section 9.3.7: OPTIONS * asks about the server as a whole.
        if (request.View.Head.Target.Form == TargetForm.Asterisk)
            return new HttpException(200, "") { Headers = { ["Allow"] = string.Join(", ", MethodsOfAllRoutes()) } };
        if (allowed is not null)
            return new HttpMethodNotAllowedException(request.Method, allowed);
        // RFC 9110 section 9.1: a method nobody here has heard of is 501, whatever the path; so is a tunnel, which has no path.
        return request.KnownMethod is KnownMethod.Other or KnownMethod.Connect ? new HttpNotImplementedException() : new HttpNotFoundException();
    }

    private SortedSet<string> MethodsOfAllRoutes()
    {
        var methods = new SortedSet<string>(StringComparer.Ordinal) { "OPTIONS" };
        foreach (var entry in _entries)
            entry.Route.AddMethodsTo(methods);
        methods.Remove(Route.AnyMethod);
        return methods;
    }
}
