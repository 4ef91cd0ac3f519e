using Millrace.Protocol.Semantics;

namespace Millrace.Routing;

/// <summary>
/// The patterns as a tree of segments. The most specific pattern wins, whatever the order of registration.
/// </summary>
/// <remarks>
/// At each node literals are tried first, then mixed segments, then the parameter, then what matches the rest. If a branch has no route for the rest
/// of the path (or for the method), the search comes back and tries the next: <c>/a/{x}/c</c> is found for <c>/a/b/c</c> although
/// <c>/a/b/d</c> exists. No node is visited twice. A path without parameters, the common case, is found whole in one table and never walks the tree.
/// </remarks>
internal sealed class RouteTree
{
    private readonly RouteNode _root = new();
    private readonly Dictionary<byte[], MethodTable> _whole = new(BytesComparer.Instance);
    private readonly Dictionary<byte[], MethodTable>.AlternateLookup<ReadOnlySpan<byte>> _wholeBySpan;
    private readonly MethodTable _pathless = new();

    public RouteTree()
    {
        _wholeBySpan = _whole.GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    public void Add(RouteEntry entry)
    {
        if (entry.Pattern.Text == RoutePattern.Pathless)
        {
            _pathless.Add(entry);
            return;
        }
        var node = NodeOf(entry.Pattern);
        node.Methods ??= new MethodTable();
        node.Methods.Add(entry);
        if (Array.TrueForAll(entry.Pattern.Segments, segment => segment.Kind == SegmentKind.Literal))
            _whole[[.. entry.Pattern.Segments.SelectMany(segment => (byte[])[(byte)'/', .. segment.Canonical])]] = node.Methods;
        BytesComparer.Spread(_whole);
    }

    /// <summary>From here on what begins with the prefix, by whole segments, is a mounted application's.</summary>
    /// <exception cref="InvalidOperationException">Another application is mounted there.</exception>
    public void Mount(RoutePattern prefix, Router router)
    {
        var node = prefix.Text.Length == 0 ? _root : NodeOf(prefix);
        // One that is mounted at the root of another is the innermost there.
        if (node.Mounted is { } present && !router.IsWithin(present))
            throw new InvalidOperationException($"Another application is mounted at '{prefix.Text}/': mount one of them elsewhere, or in the other.");
        node.Mounted = router;
    }

    /// <summary>The route of a method and a raw path.</summary>
    /// <param name="known">The method.</param>
    /// <param name="method">Its name.</param>
    /// <param name="path">The path, as it was sent.</param>
    /// <param name="allowed">The methods there are, where only the method does not fit.</param>
    /// <param name="mounted">The router of the innermost mounted application that the path leads into, if none was found.</param>
    public RouteEntry? Find(KnownMethod known, string method, ReadOnlySpan<byte> path, out SortedSet<string>? allowed, out Router? mounted)
    {
        allowed = null;
        mounted = null;
        if (_wholeBySpan.TryGetValue(path, out var methods) && methods.Find(known, method) is { } literal)
            return literal;
        if (path.IsEmpty || path[0] != '/')
            return _pathless.Find(known, method);
        var search = new Search(known, method, path);
        var entry = search.Walk(_root, 0);
        allowed = search.Allowed;
        mounted = search.Mounted;
        return entry;
    }

    private RouteNode NodeOf(RoutePattern pattern) => pattern.Segments.Aggregate(_root, (node, segment) => node.Child(segment));

    private ref struct Search(KnownMethod known, string method, ReadOnlySpan<byte> path)
    {
        private readonly ReadOnlySpan<byte> _path = path;
        private bool _isOver;

        public SortedSet<string>? Allowed { get; private set; }

        public Router? Mounted { get; private set; }

        /// <param name="node">Where the walk stands.</param>
        /// <param name="slash">Index of the slash in front of the next segment, or the length of the path.</param>
        public RouteEntry? Walk(RouteNode node, int slash)
        {
            if (node.Mounted is null)
                return Descend(node, slash);
            Mounted = node.Mounted;
            var entry = Descend(node, slash);
            // What a mounted application does not know nobody else is asked for.
            _isOver = true;
            return entry;
        }

        private RouteEntry? Descend(RouteNode node, int slash)
        {
            if (slash == _path.Length)
                return MatchMethod(node);
            int start = slash + 1;
            int length = _path[start..].IndexOf((byte)'/');
            int end = length < 0 ? _path.Length : start + length;
            if (node.FindLiteral(_path[start..end]) is { } literal && Walk(literal, end) is { } route)
                return route;
            // A parameter matches something: '/user/' has no name in it.
            if (end > start && !_isOver && WalkParameters(node, start, end) is { } found)
                return found;
            foreach (var rest in node.Rests)
            {
                if (!_isOver && rest.Segment.IsMatch(_path[start..]) && MatchMethod(rest.Node) is { } last)
                    return last;
            }
            return null;
        }

        private RouteEntry? WalkParameters(RouteNode node, int start, int end)
        {
            foreach (var mixed in node.Mixed)
            {
                if (mixed.Segment.IsMatch(_path[start..end]) && Walk(mixed.Node, end) is { } route)
                    return route;
                if (_isOver)
                    return null;
            }
            return node.Parameter is null ? null : Walk(node.Parameter, end);
        }

        private RouteEntry? MatchMethod(RouteNode node)
        {
            if (node.Methods is null)
                return null;
            var entry = node.Methods.Find(known, method);
            if (entry is null)
                node.Methods.AddMethodsTo(Allowed ??= new SortedSet<string>(StringComparer.Ordinal));
            return entry;
        }
    }
}
