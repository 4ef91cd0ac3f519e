using Millrace.Protocol.Semantics;

namespace Millrace.Routing;

/// <summary>The routes of one pattern, by method.</summary>
internal sealed class MethodTable
{
    private readonly RouteEntry?[] _known = new RouteEntry?[Enum.GetValues<KnownMethod>().Length];
    private readonly Dictionary<string, RouteEntry> _others = [];
    private RouteEntry? _get;
    private RouteEntry? _any;

    public void Add(RouteEntry entry)
    {
        string method = entry.Route.Method;
        var known = Methods.Find(System.Text.Encoding.ASCII.GetBytes(method));
        var present = method == Route.AnyMethod ? _any : known != KnownMethod.Other ? _known[(int)known] : _others.GetValueOrDefault(method);
        if (present is not null)
            throw new InvalidOperationException($"The route {entry} cannot be added: {present} matches the same requests. Remove one, or change its method or path.");
        if (method == Route.AnyMethod)
            _any = entry;
        else if (known != KnownMethod.Other)
            _known[(int)known] = entry;
        else
            _others.Add(method, entry);
        _get = _known[(int)KnownMethod.Get];
    }

    public RouteEntry? Find(KnownMethod known, string method)
    {
        // Nearly every request; each step that it need not take is one less that the processor waits for memory.
        if (known == KnownMethod.Get && _get is not null)
            return _get;
        var entry = known == KnownMethod.Other ? _others.GetValueOrDefault(method) : _known[(int)known];
        // RFC 9110 section 9.3.2: HEAD is GET without the content, which the writer leaves away.
        if (entry is null && known == KnownMethod.Head && _known[(int)KnownMethod.Get] is { Route.AllowsHead: true } get)
            entry = get;
        return entry ?? _any;
    }

    public void AddMethodsTo(SortedSet<string> allowed)
    {
        foreach (var entry in _known)
            entry?.Route.AddMethodsTo(allowed);
        allowed.UnionWith(_others.Keys);
    }
}
