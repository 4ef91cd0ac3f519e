using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Millrace.Repository.Tests.Support;

namespace Millrace.Repository.Tests;

/// <summary>Every C# block of the documents is a program that compiles against the library as it is built here.</summary>
public partial class SnippetTests
{
    private const string Usings = "\nglobal using Millrace; global using static Millrace.Web;";

    // A document shows a handler without its route, or a value without its use.
    private static readonly string[] Allowed = ["CS8321", "CS0219", "CS0105", "CS8933", "CS1998"];

    public static TheoryData<string, int> Snippets => [.. Markdown.Files
        .SelectMany(file => Markdown.CodeBlocks(file).Where(block => block.Language == "csharp").Select(block => (file, block.Line)))];

    [Theory]
    [MemberData(nameof(Snippets))]
    public void Compiles(string file, int line)
    {
        string text = Markdown.CodeBlocks(file).Single(block => block.Line == line).Text;
        var program = Source.Parse(FileBasedDirective().Replace(text, ""), file);
        var compilation = Source.Compile([program], OutputKind.ConsoleApplication, withMillrace: true, Usings);
        var generated = Source.Generate(compilation, TestContext.Current.CancellationToken);

        var problems = generated.GetDiagnostics(TestContext.Current.CancellationToken)
            .Where(problem => problem.Severity >= DiagnosticSeverity.Warning && !Allowed.Contains(problem.Id));

        Assert.Empty(problems.Select(problem => $"{file}:{line + problem.Location.GetLineSpan().StartLinePosition.Line} {problem.GetMessage(null)}"));
    }

    [GeneratedRegex(@"^#:.*$", RegexOptions.Multiline)]
    private static partial Regex FileBasedDirective();
}
