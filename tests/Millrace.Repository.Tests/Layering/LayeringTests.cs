using Microsoft.CodeAnalysis;
using Millrace.Repository.Tests.Support;

namespace Millrace.Repository.Tests.Layering;

/// <summary>The source keeps to the table of ARCHITECTURE.md.</summary>
public class LayeringTests
{
    private static readonly LayerTable Table = LayerTable.Parse(Checkout.Read("ARCHITECTURE.md"));

    [Fact]
    public void Every_source_uses_only_what_its_folder_may_use()
    {
        var trees = Checkout.FilesIn("src", ".cs").Select(file => Source.Parse(Checkout.Read(file), file["src/".Length..]));

        var violations = LayerChecker.Violations(Source.Compile(trees, OutputKind.DynamicallyLinkedLibrary, withMillrace: false), Table);

        Assert.True(violations.Count == 0, string.Join('\n', violations));
    }

    [Fact]
    public void Every_row_of_the_table_is_a_folder_and_names_what_exists() =>
        Assert.All(
            Table.Layers.SelectMany(layer => layer.MayUse.Append(layer.Folder)).Distinct(),
            path => Assert.True(Path.Exists(Checkout.FullPath("src/" + path)), $"src/{path} does not exist."));
}
