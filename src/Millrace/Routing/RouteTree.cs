using System.Buffers;
using Millrace.Protocol.Semantics;

namespace Millrace.Routing;

/// <summary>
/// The patterns as a tree of segments. The most specific pattern wins, whatever the order of registration.
/// </summary>
/// <remarks>
/// At each node a literal child is tried before the parameter child; if the literal branch has no route for the rest
/// of the path (or for the method), the search comes back and tries the parameter: <c>/a/{x}/c</c> is found for <c>/a/b/c</c> although
/// <c>/a/b/d</c> exists. A path without parameters, the common case, is found whole in one table and never walks the tree.
/// </remarks>
internal sealed class RouteTree
{
    private const int StackBytesMax = 256;

    private readonly Node _root = new();
    private readonly Dictionary<byte[], Node> _whole = new(BytesComparer.Instance);
    private readonly Dictionary<byte[], Node>.AlternateLookup<ReadOnlySpan<byte>> _wholeBySpan;
    private readonly MethodTable _pathless = new();
    private int _parametersMax;

    public RouteTree()
    {
        _wholeBySpan = _whole.GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    public void Add(Route route)
    {
        if (route.Path == RoutePattern.Pathless)
        {
            _pathless.Add(route);
            return;
        }
        var node = _root;
        var whole = new List<byte>();
        foreach (var segment in route.Pattern.Segments)
        {
            node = segment.Name is null ? node.Literal(segment.Literal) : node.Parameter ??= new Node();
            whole.Add((byte)'/');
            whole.AddRange(segment.Literal);
        }
        node.Methods ??= new MethodTable();
        node.Methods.Add(route);
        _parametersMax = Math.Max(_parametersMax, route.Pattern.Names.Length);
        if (route.Pattern.Names.Length == 0)
            _whole[[.. whole]] = node;
    }

    /// <summary>The route of a method and a raw path, and where in the path its parameters are; the methods there are, where only the method does not fit.</summary>
    public Route? Find(KnownMethod known, string method, ReadOnlySpan<byte> path, out Range[] values, out SortedSet<string>? allowed)
    {
        values = [];
        allowed = null;
        if (_wholeBySpan.TryGetValue(path, out var node) && node.Methods!.Find(known, method) is { } literal)
            return literal;
        if (path.IsEmpty || path[0] != '/')
            return _pathless.Find(known, method);
        Span<Range> found = _parametersMax <= 8 ? stackalloc Range[8] : new Range[_parametersMax];
        var search = new Search(known, method, path, found);
        var route = search.Walk(_root, 0, 0);
        allowed = search.Allowed;
        if (route is not null && route.Pattern.Names.Length > 0)
            values = found[..route.Pattern.Names.Length].ToArray();
        return route;
    }

    private ref struct Search(KnownMethod known, string method, ReadOnlySpan<byte> path, Span<Range> values)
    {
        private readonly ReadOnlySpan<byte> _path = path;
        private readonly Span<Range> _values = values;

        public SortedSet<string>? Allowed { get; private set; }

        /// <param name="node">Where the walk stands.</param>
        /// <param name="slash">Index of the slash in front of the next segment, or the length of the path.</param>
        /// <param name="parameters">Number of parameters found so far.</param>
        public Route? Walk(Node node, int slash, int parameters)
        {
            if (slash == _path.Length)
                return MatchMethod(node);
            int start = slash + 1;
            int length = _path[start..].IndexOf((byte)'/');
            int end = length < 0 ? _path.Length : start + length;
            if (node.FindLiteral(_path[start..end]) is { } literal && Walk(literal, end, parameters) is { } route)
                return route;
            // A parameter matches something: '/user/' has no name in it.
            if (node.Parameter is null || end == start)
                return null;
            _values[parameters] = start..end;
            return Walk(node.Parameter, end, parameters + 1);
        }

        private Route? MatchMethod(Node node)
        {
            if (node.Methods is null)
                return null;
            var route = node.Methods.Find(known, method);
            if (route is null)
                node.Methods.AddMethodsTo(Allowed ??= new SortedSet<string>(StringComparer.Ordinal));
            return route;
        }
    }

    private sealed class Node
    {
        private Dictionary<byte[], Node>? _literals;

        public Node? Parameter { get; set; }

        public MethodTable? Methods { get; set; }

        public Node Literal(byte[] segment)
        {
            _literals ??= new Dictionary<byte[], Node>(BytesComparer.Instance);
            if (!_literals.TryGetValue(segment, out var node))
                _literals.Add(segment, node = new Node());
            return node;
        }

        public Node? FindLiteral(ReadOnlySpan<byte> segment)
        {
            if (_literals is null)
                return null;
            var literals = _literals.GetAlternateLookup<ReadOnlySpan<byte>>();
            if (!segment.Contains((byte)'%'))
                return literals.TryGetValue(segment, out var node) ? node : null;
            byte[]? rented = null;
            Span<byte> canonical = segment.Length <= StackBytesMax ? stackalloc byte[StackBytesMax] : rented = ArrayPool<byte>.Shared.Rent(segment.Length);
            bool found = literals.TryGetValue(canonical[..CanonicalSegment.Write(segment, canonical)], out var escaped);
            if (rented is not null)
                ArrayPool<byte>.Shared.Return(rented);
            return found ? escaped : null;
        }
    }
}
