using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Millrace.Repository.Tests.Support;

/// <summary>C# sources, parsed and compiled as the projects here do it: C# 14, nullable, implicit usings.</summary>
internal static class Source
{
    public static readonly CSharpParseOptions ParseOptions = new(LanguageVersion.CSharp14, DocumentationMode.None);

    private static readonly Lazy<ISourceGenerator[]> Generators = new(LoadGenerators);

    // The same objects for every compilation, so that each library is read once.
    private static readonly PortableExecutableReference[] Libraries =
        [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(path => MetadataReference.CreateFromFile(path))];

    // As the SDK has it: a library built against an older runtime meets a newer one.
    private static readonly Dictionary<string, ReportDiagnostic> Unreported = new() { ["CS1701"] = ReportDiagnostic.Suppress, ["CS1702"] = ReportDiagnostic.Suppress };

    private const string ImplicitUsings = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        """;

    public static SyntaxTree Parse(string text, string path) => CSharpSyntaxTree.ParseText(text, ParseOptions, path);

    public static IEnumerable<SyntaxTree> ParseAll(params IEnumerable<string> folders) =>
        folders.SelectMany(folder => Checkout.FilesIn(folder, ".cs")).Select(file => Parse(Checkout.Read(file), file));

    /// <param name="sources">The sources.</param>
    /// <param name="kind">A library, or a program where the sources have top-level statements.</param>
    /// <param name="withMillrace">Whether the sources use the built Millrace; otherwise they are Millrace.</param>
    /// <param name="usings">Global usings beside the implicit ones.</param>
    public static CSharpCompilation Compile(IEnumerable<SyntaxTree> sources, OutputKind kind, bool withMillrace, string usings = "") =>
        CSharpCompilation.Create(
            "Sources",
            [Parse(ImplicitUsings + usings, "usings"), .. sources],
            References(withMillrace),
            new CSharpCompilationOptions(kind, nullableContextOptions: NullableContextOptions.Enable, allowUnsafe: true, specificDiagnosticOptions: Unreported));

    /// <summary>With what the generators of System.Text.Json and of regular expressions add, as every build has them.</summary>
    public static Compilation Generate(CSharpCompilation compilation, CancellationToken cancellationToken)
    {
        CSharpGeneratorDriver.Create(Generators.Value, parseOptions: ParseOptions).RunGeneratorsAndUpdateCompilation(compilation, out var generated, out _, cancellationToken);
        return generated;
    }

    /// <summary>Line of a node as people count.</summary>
    public static int Line(SyntaxNode node) => node.GetLocation().GetLineSpan().StartLinePosition.Line + 1;

    /// <summary>Lines from a node's first to its last, comments before it left out.</summary>
    public static int LineCount(SyntaxNode node)
    {
        var span = node.GetLocation().GetLineSpan();
        return span.EndLinePosition.Line - span.StartLinePosition.Line + 1;
    }

    /// <summary>Every call of <c>Type.Method</c>, found by how it is written.</summary>
    public static IEnumerable<InvocationExpressionSyntax> Calls(SyntaxTree tree, params IReadOnlyCollection<string> names) =>
        tree.GetRoot().DescendantNodes().OfType<InvocationExpressionSyntax>().Where(call => names.Contains(call.Expression.ToString()));

    private static ISourceGenerator[] LoadGenerators()
    {
        // dotnet/shared/Microsoft.NETCore.App/10.0.x -> dotnet/packs/Microsoft.NETCore.App.Ref/10.0.y
        string dotnet = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "../../.."));
        string pack = Directory.GetDirectories(Path.Combine(dotnet, "packs/Microsoft.NETCore.App.Ref"), "10.*").Order(StringComparer.Ordinal).Last();
        (string File, string Type)[] generators =
        [
            ("System.Text.Json.SourceGeneration.dll", "System.Text.Json.SourceGeneration.JsonSourceGenerator"),
            ("System.Text.RegularExpressions.Generator.dll", "System.Text.RegularExpressions.Generator.RegexGenerator"),
        ];
        return [.. generators
            .Select(generator => Assembly.LoadFrom(Path.Combine(pack, "analyzers/dotnet/cs", generator.File)).GetType(generator.Type, throwOnError: true)!)
            .Select(type => ((IIncrementalGenerator)Activator.CreateInstance(type)!).AsSourceGenerator())];
    }

    private static IEnumerable<MetadataReference> References(bool withMillrace) =>
        Libraries.Where(library => withMillrace || !Path.GetFileName(library.FilePath)!.StartsWith("Millrace", StringComparison.Ordinal));
}
