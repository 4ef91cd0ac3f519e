using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Millrace.Repository.Tests.Layering;

/// <summary>
/// Compares what sources use with what their folder may use. The compiler resolves every name, so a property that is called
/// like a type of another folder is no false alarm, and <c>var</c> and members of members do not hide a use.
/// </summary>
internal static class LayerChecker
{
    /// <param name="compilation">The sources; their paths are those below src.</param>
    /// <param name="table">What is allowed.</param>
    /// <returns>One line for each file and each type that it should not know.</returns>
    public static IReadOnlyList<string> Violations(CSharpCompilation compilation, LayerTable table) =>
        [.. compilation.SyntaxTrees.Where(tree => tree.FilePath.Contains('/')).SelectMany(tree => ViolationsIn(tree, compilation, table)).Distinct().Order(StringComparer.Ordinal)];

    private static IEnumerable<string> ViolationsIn(SyntaxTree tree, CSharpCompilation compilation, LayerTable table)
    {
        if (table.Of(tree.FilePath) is not { } user)
        {
            yield return $"{tree.FilePath} lies in no folder of the table.";
            yield break;
        }
        var model = compilation.GetSemanticModel(tree);
        foreach (var name in tree.GetRoot().DescendantNodes().OfType<SimpleNameSyntax>())
        {
            var info = model.GetSymbolInfo(name);
            if (Declared(info.Symbol ?? info.CandidateSymbols.FirstOrDefault()) is not { } used)
                continue;
            string[] files = [.. used.DeclaringSyntaxReferences.Select(reference => reference.SyntaxTree.FilePath)];
            if (files.Length > 0 && !files.Any(file => table.Allows(user, file)))
                yield return $"{tree.FilePath} uses {(used as INamedTypeSymbol ?? used.ContainingType).Name}, which lies in {files[0]}.";
        }
    }

    /// <summary>What a name stands for, if that is declared at or below a type.</summary>
    private static ISymbol? Declared(ISymbol? symbol) => symbol switch
    {
        INamedTypeSymbol type => type.OriginalDefinition,
        // An extension method called like a method of the object.
        IMethodSymbol { ReducedFrom: { } original } => original.OriginalDefinition,
        IMethodSymbol { MethodKind: MethodKind.LocalFunction } => null,
        IMethodSymbol or IPropertySymbol or IFieldSymbol or IEventSymbol when symbol.ContainingType is not null => symbol.OriginalDefinition,
        _ => null,
    };
}
