using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Millrace.Repository.Tests.Support;

namespace Millrace.Repository.Tests;

/// <summary>Rules for sources that no analyzer knows; CONTRIBUTING.md lists them.</summary>
public class SourceRuleTests
{
    private const string SlowMark = "// Slow on purpose";

    // Written apart, so that this file keeps its own rule.
    private static readonly string[] Postponed = ["TO" + "DO", "FIX" + "ME", "HA" + "CK"];

    [Fact]
    public void Unsafe_code_lives_with_the_system_calls()
    {
        var unsafePlaces = Source.ParseAll("src").Where(tree => !tree.FilePath.StartsWith("src/Millrace.Transport/Epoll/Native/", StringComparison.Ordinal))
            .SelectMany(tree => tree.GetRoot().DescendantTokens())
            .Where(token => token.IsKind(SyntaxKind.UnsafeKeyword))
            .Select(token => token.SyntaxTree!.FilePath);

        Assert.Empty(unsafePlaces);
    }

    [Fact]
    public void Only_the_watchdog_sleeps()
    {
        var sleepers = Source.ParseAll("src").Where(tree => Source.Calls(tree, "Thread.Sleep").Any()).Select(tree => tree.FilePath);

        Assert.Equal(["src/Millrace.Transport/Epoll/Watchdog.cs"], sleepers);
    }

    [Fact]
    public void A_test_waits_for_what_happens_and_not_for_time()
    {
        var waits = Source.ParseAll("tests").SelectMany(tree => Source.Calls(tree, "Thread.Sleep", "Task.Delay"))
            .Where(call => !IsMarkedSlow(call) && !WaitsForAToken(call))
            .Select(call => $"{call.SyntaxTree.FilePath}:{Source.Line(call)}");

        Assert.Empty(waits);
    }

    [Fact]
    public void Nothing_is_put_off_in_a_comment()
    {
        var notes = Source.ParseAll("src", "tests", "samples", "benchmarks")
            .SelectMany(tree => tree.GetRoot().DescendantTrivia())
            .Where(trivia => Postponed.Any(word => trivia.ToString().Contains(word, StringComparison.Ordinal)))
            .Select(trivia => $"{trivia.SyntaxTree!.FilePath}: {trivia}");

        Assert.Empty(notes);
    }

    [Fact]
    public void A_public_type_has_a_file_of_its_name_to_itself()
    {
        var misplaced = Source.ParseAll("src").SelectMany(tree => PublicTypes(tree).Where(name => PublicTypes(tree).Count() > 1 || name != NameOf(tree.FilePath))
            .Select(name => $"{name} in {tree.FilePath}"));

        Assert.Empty(misplaced);
    }

    /// <summary>A part of a type may have a word more: Web.Run.cs.</summary>
    private static string NameOf(string file) => Path.GetFileName(file).Split('.')[0];

    private static IEnumerable<string> PublicTypes(SyntaxTree tree) => tree.GetRoot()
        .DescendantNodes(node => node is CompilationUnitSyntax or BaseNamespaceDeclarationSyntax)
        .OfType<MemberDeclarationSyntax>()
        .Where(member => member.Modifiers.Any(SyntaxKind.PublicKeyword))
        .Select(member => member is DelegateDeclarationSyntax handler ? handler.Identifier.Text : ((BaseTypeDeclarationSyntax)member).Identifier.Text);

    /// <summary>A delay without an end waits for its token and not for time.</summary>
    private static bool WaitsForAToken(InvocationExpressionSyntax call) =>
        call.ArgumentList.Arguments[0].ToString().StartsWith("Timeout.Infinite", StringComparison.Ordinal);

    private static bool IsMarkedSlow(SyntaxNode call)
    {
        var lines = call.SyntaxTree.GetText().Lines;
        int line = Source.Line(call) - 1;
        return lines[line].ToString().Contains(SlowMark, StringComparison.Ordinal)
            || lines[Math.Max(0, line - 1)].ToString().Contains(SlowMark, StringComparison.Ordinal);
    }
}
