using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Millrace.Repository.Tests.Support;

namespace Millrace.Repository.Tests;

/// <summary>Sizes that may only fall (house-numbers.txt) and sizes that nothing may pass.</summary>
public class HouseNumberTests
{
    private const string NumbersFile = "tests/Millrace.Repository.Tests/house-numbers.txt";
    private const int FileLinesAim = 300;
    private const int FileLinesMax = 600;
    private const int MethodLinesAim = 40;
    private const int MethodLinesMax = 70;

    private static readonly SyntaxTree[] Sources = [.. Source.ParseAll("src")];

    private static readonly Dictionary<string, int> Numbers = Checkout.Read(NumbersFile).Split('\n')
        .Where(line => line.Length > 0 && !line.StartsWith('#'))
        .Select(line => line.Split(' '))
        .ToDictionary(pair => pair[0], pair => int.Parse(pair[1], null));

    [Fact]
    public void The_longest_file_grows_no_longer()
    {
        var longest = Sources.MaxBy(Lines)!;
        Check("longest-file", Lines(longest), longest.FilePath);
    }

    [Fact]
    public void Files_over_the_aim_become_no_more() =>
        Check("files-over-300-lines", Sources.Where(tree => Lines(tree) > FileLinesAim).Select(tree => tree.FilePath));

    [Fact]
    public void The_longest_method_grows_no_longer()
    {
        var longest = Methods().MaxBy(Source.LineCount)!;
        Check("longest-method", Source.LineCount(longest), Place(longest));
    }

    [Fact]
    public void Methods_over_the_aim_become_no_more() =>
        Check("methods-over-40-lines", Methods().Where(method => Source.LineCount(method) > MethodLinesAim).Select(Place));

    [Fact]
    public void Switched_off_warnings_become_no_more() =>
        Check("pragma-warning-disables", Disables().Select(Place));

    [Fact]
    public void A_switched_off_warning_has_its_reason_on_the_line() =>
        Assert.All(Disables(), disable => Assert.True(disable.ToFullString().Contains("//", StringComparison.Ordinal), $"{Place(disable)} says no reason."));

    [Fact]
    public void No_file_passes_the_limit() =>
        Assert.All(Source.ParseAll("src", "tests", "samples", "benchmarks"), tree => Assert.True(Lines(tree) <= FileLinesMax, $"{tree.FilePath} has {Lines(tree)} lines; at most {FileLinesMax}."));

    [Fact]
    public void No_method_passes_the_limit() =>
        Assert.All(Methods(), method => Assert.True(Source.LineCount(method) <= MethodLinesMax, $"{Place(method)} has {Source.LineCount(method)} lines; at most {MethodLinesMax}."));

    private static IEnumerable<SyntaxNode> Methods() => Sources.SelectMany(tree => tree.GetRoot().DescendantNodes())
        .Where(node => node is BaseMethodDeclarationSyntax or LocalFunctionStatementSyntax or AccessorDeclarationSyntax);

    private static IEnumerable<SyntaxNode> Disables() => Sources
        .SelectMany(tree => tree.GetRoot().DescendantNodes(descendIntoTrivia: true).OfType<PragmaWarningDirectiveTriviaSyntax>())
        .Where(pragma => pragma.DisableOrRestoreKeyword.ValueText == "disable");

    private static int Lines(SyntaxTree tree) => tree.GetText().Lines.Count - 1;

    private static string Place(SyntaxNode node) => $"{node.SyntaxTree.FilePath}:{Source.Line(node)}";

    private static void Check(string name, IEnumerable<string> places)
    {
        string[] all = [.. places];
        Check(name, all.Length, string.Join(", ", all));
    }

    private static void Check(string name, int now, string where)
    {
        int then = Numbers[name];
        Assert.True(now <= then, $"{name} was {then} and is {now} now: {where}");
    }
}
