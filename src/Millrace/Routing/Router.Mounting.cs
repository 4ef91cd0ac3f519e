using Millrace.Routing;

namespace Millrace;

public sealed partial class Router
{
    private readonly List<(string Prefix, Router Router)> _mounts = [];
    private readonly List<(DomainMask Mask, Router Router)> _domains = [];
    private string? _prefix;
    private bool _hasRules;

    /// <summary>The router of the application that this one's is mounted in.</summary>
    internal Router? Parent { get; private set; }

    /// <summary>Who is told of responses, from the outermost application to this one; null if nobody is. There once the application has started.</summary>
    internal Func<Request, StreamResponse, Task>[]? Preparations { get; private set; }

    /// <summary>Whether a route of all that a request may be passed on to has rules for its handler. There once the application has started.</summary>
    internal bool HasRules => Outermost._hasRules;

    private Router Outermost => Parent?.Outermost ?? this;

    /// <summary>Whether this application or one that it is mounted in is being debugged.</summary>
    internal bool TellsErrors => Application.Debug || Parent is { TellsErrors: true };

    /// <summary>Takes what begins with a prefix from here to the router of another application.</summary>
    /// <exception cref="ArgumentException">The prefix is no path.</exception>
    /// <exception cref="InvalidOperationException">Routes or applications meet.</exception>
    internal void Mount(string prefix, Router router)
    {
        if (!prefix.StartsWith('/'))
            throw new ArgumentException($"The prefix '{prefix}' must begin with a slash: '/' mounts at the root.", nameof(prefix));
        if (router._domains.Count > 0)
            throw new InvalidOperationException("The application has domains: those are told apart by the outermost application. Call AddDomain there.");
        prefix = prefix.TrimEnd('/');
        if (RoutePattern.Parse(prefix).Segments.Any(segment => segment.IsRest))
            throw new ArgumentException($"The prefix '{prefix}' matches the rest of every path: nothing would be left for the application's own routes.", nameof(prefix));
        router.Parent = this;
        try
        {
            AddMount(prefix, router);
            foreach (var (inner, mounted) in router._mounts)
                AddMount(prefix + inner, mounted);
            foreach (var entry in router._entries)
                Add(entry.Under(prefix));
        }
        catch
        {
            router.Parent = null;
            throw;
        }
        router._prefix = prefix;
    }

    /// <summary>Takes requests for a host to the router of another application.</summary>
    internal void AddDomain(string mask, Router router)
    {
        if (_prefix is not null)
            throw new InvalidOperationException("A mounted application has no domains: those are told apart by the outermost application. Call AddDomain there.");
        _domains.Add((new DomainMask(mask), router));
        router.Parent = this;
    }

    /// <summary>Nothing can be changed from here on; each route gets its handler with all that stands around it.</summary>
    internal void Freeze()
    {
        FreezeAlone();
        foreach (var (_, router) in _mounts)
            router.FreezeAlone();
        foreach (var (_, router) in _domains)
            router.Freeze();
        _hasRules = _entries.Exists(entry => entry.Route.HandlerRules is not null) || _domains.Exists(domain => domain.Router._hasRules);
        foreach (var entry in _entries)
            entry.Freeze();
    }

    /// <summary>The pattern with the prefixes of all that this router's application is mounted in.</summary>
    internal RoutePattern Whole(RoutePattern pattern) =>
        _prefix is null ? pattern : Parent!.Whole(RoutePattern.Parse(_prefix + pattern.Text));

    /// <summary>Whether a route is found for a method and a path, as it would be sent.</summary>
    internal bool Knows(Request request, ReadOnlySpan<byte> path)
    {
        var outermost = this;
        while (outermost is { _prefix: not null, Parent: { } parent })
            outermost = parent;
        return outermost._tree.Find(request.KnownMethod, request.Method, path, out _, out _) is not null;
    }

    private void AddMount(string prefix, Router router)
    {
        _tree.Mount(RoutePattern.Parse(prefix), router);
        _mounts.Add((prefix, router));
        if (_prefix is not null)
            Parent!.AddMount(_prefix + prefix, router);
    }

    private Router? FindDomain(Request request)
    {
        string host = request.Host;
        foreach (var (mask, router) in _domains)
        {
            if (mask.Matches(host))
                return router;
        }
        return null;
    }

    private void FreezeAlone()
    {
        _frozen = true;
        Application.Middlewares.Freeze();
        Application.OnResponsePrepare.Freeze();
        _refusalHandler = Around(RefusalEndpoint.Answer);
        bool isAlone = Parent is null && _mounts.Count == 0 && _domains.Count == 0;
        IEnumerable<Func<Request, StreamResponse, Task>> receivers = [];
        for (var router = this; router is not null; router = router.Parent)
        {
            var own = router.Application.OnResponsePrepare.Receivers;
            receivers = (isAlone ? own : own.Select(router.InLayer)).Concat(receivers);
        }
        Preparations = receivers.Any() ? [.. receivers] : null;
    }
}
