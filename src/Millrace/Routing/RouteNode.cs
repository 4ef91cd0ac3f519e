using System.Buffers;

namespace Millrace.Routing;

/// <summary>What the patterns that begin alike have at one place of the tree.</summary>
internal sealed class RouteNode
{
    private const int StackBytesMax = 256;

    private readonly List<Branch> _mixed = [];
    private readonly List<Branch> _rests = [];
    private Dictionary<byte[], RouteNode>? _literals;

    /// <summary>What goes on behind a parameter that is a segment of its own.</summary>
    public RouteNode? Parameter { get; private set; }

    public MethodTable? Methods { get; set; }

    /// <summary>The router of the application that is mounted here: what begins here is its, found or not.</summary>
    public Router? Mounted { get; set; }

    /// <summary>Segments with parameters and more, the most specific first.</summary>
    public List<Branch> Mixed => _mixed;

    /// <summary>What matches all the rest of a path, the most specific first.</summary>
    public List<Branch> Rests => _rests;

    /// <summary>The node behind a segment, made if there is none yet.</summary>
    public RouteNode Child(PatternSegment segment)
    {
        switch (segment.Kind)
        {
            case SegmentKind.Literal:
                _literals ??= new Dictionary<byte[], RouteNode>(BytesComparer.Instance);
                if (!_literals.TryGetValue(segment.Canonical, out var node))
                    _literals.Add(segment.Canonical, node = new RouteNode());
                BytesComparer.Spread(_literals);
                return node;
            case SegmentKind.Parameter:
                return Parameter ??= new RouteNode();
            case SegmentKind.Mixed:
                return ChildIn(_mixed, segment);
            default:
                return ChildIn(_rests, segment);
        }
    }

    public RouteNode? FindLiteral(ReadOnlySpan<byte> segment)
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

    private static RouteNode ChildIn(List<Branch> branches, PatternSegment segment)
    {
        if (branches.Find(branch => branch.Segment.Key == segment.Key) is { } present)
            return present.Node;
        var made = new Branch(segment, new RouteNode());
        branches.Add(made);
        branches.Sort(Compare);
        return made.Node;
    }

    // An order that does not hang on who was there first: what catches all is the last, more literal characters come before fewer.
    private static int Compare(Branch one, Branch other)
    {
        int order = one.Segment.Kind.CompareTo(other.Segment.Kind);
        if (order == 0)
            order = other.Segment.Weight.CompareTo(one.Segment.Weight);
        return order != 0 ? order : string.CompareOrdinal(one.Segment.Key, other.Segment.Key);
    }

    /// <summary>A segment that has to be tried, and what is behind it.</summary>
    public sealed record Branch(PatternSegment Segment, RouteNode Node);
}
