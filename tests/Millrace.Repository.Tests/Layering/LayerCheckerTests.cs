using Microsoft.CodeAnalysis;
using Millrace.Repository.Tests.Support;

namespace Millrace.Repository.Tests.Layering;

/// <summary>The checker itself: it finds what it should and nothing else.</summary>
public class LayerCheckerTests
{
    private const string Table = """
        # Some document

        ## Who may use whom

        | folder | what lives there | may use |
        |---|---|---|
        | `House/Cellar` | wine | nothing |
        | `House/Kitchen` | meals | `House/Cellar` |
        | `House/Kitchen/Oven` | heat | `House/Kitchen/Bell.cs` |
        | `House/Roof` | the view | everything |

        | another | table | `that` |
        """;

    private const string Wine = "namespace House; internal class Wine { public Year Year; } internal struct Year { public int Number; }";

    [Fact]
    public void A_folder_may_use_what_its_row_names() =>
        Assert.Empty(Check(("House/Cellar/Wine.cs", Wine), ("House/Kitchen/Meal.cs", "namespace House; class Meal { Wine? wine; }")));

    [Fact]
    public void A_folder_may_use_nothing_else() =>
        Assert.Equal(
            ["House/Cellar/Rack.cs uses Meal, which lies in House/Kitchen/Meal.cs."],
            Check(("House/Cellar/Rack.cs", "namespace House; class Rack { Meal? meal; }"), ("House/Kitchen/Meal.cs", "namespace House; class Meal;")));

    [Fact]
    public void A_type_that_is_reached_without_its_name_counts() =>
        Assert.Equal(
            ["House/Kitchen/Oven/Heat.cs uses Wine, which lies in House/Cellar/Wine.cs.", "House/Kitchen/Oven/Heat.cs uses Year, which lies in House/Cellar/Wine.cs."],
            Check(
                ("House/Cellar/Wine.cs", Wine),
                ("House/Kitchen/Bell.cs", "namespace House; class Bell { public static Wine Last = new(); }"),
                ("House/Kitchen/Oven/Heat.cs", "namespace House; class Heat { int Old() { return Bell.Last.Year.Number; } }")));

    [Fact]
    public void Names_in_comments_and_texts_and_members_of_that_name_do_not_count() =>
        Assert.Empty(Check(
            ("House/Kitchen/Meal.cs", "namespace House; class Meal;"),
            ("House/Cellar/Rack.cs", """namespace House; /* Meal */ class Rack { string Meal => "Meal"; /// <see cref="Meal"/> """ + "\nstring Copy() => Meal; }")));

    [Fact]
    public void A_subfolder_with_its_own_row_is_a_folder_of_its_own() =>
        Assert.Equal(
            ["House/Kitchen/Meal.cs uses Heat, which lies in House/Kitchen/Oven/Heat.cs."],
            Check(("House/Kitchen/Oven/Heat.cs", "namespace House; class Heat;"), ("House/Kitchen/Meal.cs", "namespace House; class Meal { Heat? heat; }")));

    [Fact]
    public void One_file_of_a_folder_can_be_allowed_alone() =>
        Assert.Equal(
            ["House/Kitchen/Oven/Heat.cs uses Meal, which lies in House/Kitchen/Meal.cs."],
            Check(
                ("House/Kitchen/Bell.cs", "namespace House; class Bell;"),
                ("House/Kitchen/Meal.cs", "namespace House; class Meal;"),
                ("House/Kitchen/Oven/Heat.cs", "namespace House; class Heat { Bell? bell; Meal? meal; }")));

    [Fact]
    public void Everything_is_everything() =>
        Assert.Empty(Check(("House/Cellar/Wine.cs", Wine), ("House/Roof/View.cs", "namespace House; class View { Wine? wine; }")));

    [Fact]
    public void An_extension_method_is_found_where_it_is_declared() =>
        Assert.Equal(
            ["House/Cellar/Rack.cs uses Cooking, which lies in House/Kitchen/Cooking.cs."],
            Check(
                ("House/Kitchen/Cooking.cs", "namespace House; static class Cooking { public static void Stir(this string s) { } }"),
                ("House/Cellar/Rack.cs", """namespace House; class Rack { void Go() { "soup".Stir(); } }""")));

    [Fact]
    public void A_folder_without_a_row_is_reported() =>
        Assert.Equal(["House/Attic/Box.cs lies in no folder of the table."], Check(("House/Attic/Box.cs", "namespace House; class Box;")));

    [Theory]
    [InlineData("No heading")]
    [InlineData("## Who may use whom\n\n| a | b | c |\n|-|-|-|\n| `A` | b | all of it |\n")]
    [InlineData("## Who may use whom\n\n| a | b | c |\n|-|-|-|\n| A | b | nothing |\n")]
    public void A_table_that_cannot_be_read_is_no_table(string markdown) => Assert.Throws<FormatException>(() => LayerTable.Parse(markdown));

    private static IReadOnlyList<string> Check(params (string Path, string Text)[] sources)
    {
        var trees = sources.Select(source => Source.Parse(source.Text, source.Path));
        return LayerChecker.Violations(Source.Compile(trees, OutputKind.DynamicallyLinkedLibrary, withMillrace: false), LayerTable.Parse(Table));
    }
}
