using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Millrace.Repository.Tests.Support;

namespace Millrace.Repository.Tests.Proofs;

/// <summary>
/// Every test and every protocol case there is, as documents name them: <c>Class.Method</c>, with the row of a theory in parentheses where
/// that says which, and <c>file.case: name</c>.
/// </summary>
internal sealed partial class ProofIndex
{
    private readonly HashSet<string> _tests = [];
    private readonly HashSet<string> _cases = [];
    private readonly ILookup<string, string> _sources;

    private ProofIndex(IEnumerable<(string Name, ClassDeclarationSyntax Class)> classes, IEnumerable<string> cases)
    {
        var all = classes.ToList();
        _sources = all.ToLookup(one => one.Name, one => one.Class.ToString());
        foreach (var (name, body) in all)
            _tests.UnionWith(body.Members.OfType<MethodDeclarationSyntax>().Where(IsTest).Select(method => $"{name}.{method.Identifier.ValueText}"));
        _cases.UnionWith(cases);
    }

    /// <summary>Those of this repository.</summary>
    public static ProofIndex Load() => new(
        Source.ParseAll("tests").SelectMany(tree => tree.GetRoot().DescendantNodes().OfType<ClassDeclarationSyntax>()).Select(one => (one.Identifier.ValueText, one)),
        Checkout.FilesIn("tests/cases", ".case").SelectMany(file => Checkout.Read(file).Split('\n')
            .Where(line => line.StartsWith("# ", StringComparison.Ordinal))
            .Select(line => $"{Path.GetFileName(file)}: {line[2..].Trim()}")));

    /// <summary>What a cell names in code quotes.</summary>
    public static IEnumerable<string> Named(string cell) => Quoted().Matches(cell).Select(match => match.Groups[1].Value);

    public bool Holds(string name)
    {
        if (_cases.Contains(name))
            return true;
        var match = TestName().Match(name);
        if (!match.Success || !_tests.Contains($"{match.Groups[1].Value}.{match.Groups[2].Value}"))
            return false;
        string row = match.Groups[3].Value;
        return row.Length == 0 || _sources[match.Groups[1].Value].Any(text => text.Contains($"({row}, ", StringComparison.Ordinal) || text.Contains($"\"{row}\"", StringComparison.Ordinal));
    }

    private static bool IsTest(MethodDeclarationSyntax method) => method.AttributeLists.SelectMany(list => list.Attributes)
        .Any(attribute => attribute.Name.ToString() is var name && (name.EndsWith("Fact", StringComparison.Ordinal) || name.EndsWith("Theory", StringComparison.Ordinal)));

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"^(\w+)\.(\w+)(?:\(([^)]+)\))?$")]
    private static partial Regex TestName();
}
