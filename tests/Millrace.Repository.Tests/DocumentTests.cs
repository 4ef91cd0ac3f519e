using System.Text.RegularExpressions;
using Millrace.Repository.Tests.Support;

namespace Millrace.Repository.Tests;

/// <summary>What the documents and the files beside the code say is so.</summary>
public partial class DocumentTests
{
    private static readonly string[] TextExtensions = [".md", ".cs", ".csproj", ".props", ".targets", ".slnx", ".json", ".sh", ".txt", ".case", ".yml", ""];

    [Fact]
    public void The_first_program_of_the_readme_is_the_sample() =>
        Assert.Equal(Checkout.Read("samples/hello.cs"), Markdown.CodeBlocks("README.md").First(block => block.Language == "csharp").Text);

    [Fact]
    public void Every_link_leads_somewhere()
    {
        var broken = Markdown.Files.SelectMany(file => Markdown.Links(file).Where(link => !Markdown.Resolves(file, link)).Select(link => $"{file}: {link}"));

        Assert.Empty(broken);
    }

    [Fact]
    public void The_solution_holds_every_project()
    {
        var projects = Checkout.Files.Where(file => file.EndsWith(".csproj", StringComparison.Ordinal));
        var listed = ProjectPath().Matches(Checkout.Read("Millrace.slnx")).Select(match => match.Groups[1].Value);

        Assert.Equal(projects.Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_table_of_test_layers_holds_every_test_project()
    {
        string architecture = Checkout.Read("ARCHITECTURE.md");
        // A project of another name below one of these is a part of it.
        var unnamed = Checkout.FilesIn("tests", ".csproj").Select(Path.GetFileNameWithoutExtension)
            .Where(name => Checkout.Files.Contains($"tests/{name}/{name}.csproj") && !architecture.Contains($"| `{name}` |", StringComparison.Ordinal));

        Assert.Empty(unnamed);
    }

    [Fact]
    public void No_file_names_a_path_of_somebodys_machine()
    {
        var places = Checkout.Files.Where(file => TextExtensions.Contains(Path.GetExtension(file)))
            .SelectMany(file => LocalPath().Matches(Checkout.Read(file)).Select(match => $"{file}: {match.Value}"));

        Assert.Empty(places);
    }

    [GeneratedRegex("<Project Path=\"([^\"]+)\"")]
    private static partial Regex ProjectPath();

    // Where home directories and work trees are; a path of a URL ends or goes on otherwise.
    [GeneratedRegex(@"(?<![\w.\-/])/(?:work|root|home|Users|mnt)/[\w.\-]+/|[A-Z]:\\Users\\")]
    private static partial Regex LocalPath();
}
