using System.Text;
using BenchmarkDotNet.Attributes;
using Millrace.Protocol.Semantics;
using Millrace.Routing;

namespace Millrace.Micro;

/// <summary>
/// A route found among few and among many; a figure is one match. The same path over and over shows what the search costs, all paths of the table in turn also what the
/// caches of the processor do not hold. On a machine that does other things too the least of the times says most.
/// </summary>
[MemoryDiagnoser]
[MinColumn]
public class RouterBenchmarks
{
    private const int PathsPerCall = 1000;
    private const int Kinds = 5;

    private readonly RouteTree _tree = new();
    private byte[][] _literals = [];
    private byte[][] _parameters = [];
    private byte[][] _deep = [];

    [Params(10, 1000)]
    public int Routes { get; set; }

    [Params(false, true)]
    public bool InTurn { get; set; }

    [GlobalSetup]
    public void Fill()
    {
        var router = new Application().Router;
        // As applications have them: a list, an item, a form for it, an item of a number, a part of an item.
        for (int i = 0; i < Routes; i++)
            Add(router, $"/{Name(i)}" + (i % Kinds) switch { 0 => "", 1 => "/{id}", 2 => "/{id}/edit", 3 => @"/v/{id:\d+}", _ => "/{id}/{part}" });
        _literals = Paths(0, "");
        _parameters = Paths(1, "/4711");
        _deep = Paths(4, "/4711/name");
    }

    [Benchmark(OperationsPerInvoke = PathsPerCall)]
    public int Literal() => Find(_literals);

    [Benchmark(OperationsPerInvoke = PathsPerCall)]
    public int Parameter() => Find(_parameters);

    [Benchmark(OperationsPerInvoke = PathsPerCall)]
    public int TwoParameters() => Find(_deep);

    // The same length in a small table and in a large one.
    private static string Name(int i) => $"resource-{100 + i / Kinds}-{i % Kinds}";

    private void Add(Router router, string pattern)
    {
        var route = Web.Get(pattern, request => new Response());
        _tree.Add(new RouteEntry(route, route.Pattern, router));
    }

    private byte[][] Paths(int kind, string end) =>
        [.. Enumerable.Range(0, Routes).Where(i => i % Kinds == kind).Select(i => Encoding.ASCII.GetBytes($"/{Name(i)}{end}")).Take(InTurn ? Routes : 1)];

    /// <summary>Returns how many were found: all.</summary>
    private int Find(byte[][] paths)
    {
        int found = 0;
        for (int i = 0, next = 0; i < PathsPerCall; i++)
        {
            if (_tree.Find(KnownMethod.Get, "GET", paths[next], out _, out _) is not null)
                found++;
            if (++next == paths.Length)
                next = 0;
        }
        return found == PathsPerCall ? found : throw new InvalidOperationException("A path was not found.");
    }
}
