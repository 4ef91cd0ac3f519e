using Millrace.Protocol.Semantics;

namespace Millrace.Routing;

/// <summary>The routes of one pattern, by method.</summary>
internal sealed class MethodTable
{
    private readonly Route?[] _known = new Route?[Enum.GetValues<KnownMethod>().Length];
    private readonly Dictionary<string, Route> _others = [];
    private Route? _any;

    public void Add(Route route)
    {
        var known = Methods.Find(System.Text.Encoding.ASCII.GetBytes(route.Method));
        var present = route.Method == Route.AnyMethod ? _any : known != KnownMethod.Other ? _known[(int)known] : _others.GetValueOrDefault(route.Method);
        if (present is not null)
            throw new InvalidOperationException($"The route {route} cannot be added: {present} matches the same requests. Remove one, or change its method or path.");
        if (route.Method == Route.AnyMethod)
            _any = route;
        else if (known != KnownMethod.Other)
            _known[(int)known] = route;
        else
            _others.Add(route.Method, route);
    }

    public Route? Find(KnownMethod known, string method)
    {
        var route = known == KnownMethod.Other ? _others.GetValueOrDefault(method) : _known[(int)known];
        // RFC 9110 section 9.3.2: HEAD is GET without the content, which the writer leaves away.
        if (route is null && known == KnownMethod.Head)
            route = _known[(int)KnownMethod.Get];
        return route ?? _any;
    }

    public void AddMethodsTo(SortedSet<string> allowed)
    {
        foreach (var route in _known)
        {
            if (route is not null)
                allowed.Add(route.Method);
        }
        foreach (string method in _others.Keys)
            allowed.Add(method);
        if (allowed.Contains("GET"))
            allowed.Add("HEAD");
    }
}
