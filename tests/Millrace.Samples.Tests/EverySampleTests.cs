using Millrace.Repository.Tests.Support;

namespace Millrace.Samples.Tests;

/// <summary>Each single-file sample compiles without a warning, and has a test class of its own that drives it.</summary>
public sealed class EverySampleTests
{
    // hello.cs takes no port, so that it stays the README's first snippet: .ci/run drives it by the README's own command.
    private const string Hello = "hello.cs";

    public static TheoryData<string> Samples => [.. Checkout.FilesIn("samples", ".cs").Select(file => file["samples/".Length..]).Where(file => !file.Contains('/'))];

    [Theory]
    [MemberData(nameof(Samples))]
    public void Compiles(string name) => Assert.True(File.Exists(SampleProgram.Build(name)));

    [Theory]
    [MemberData(nameof(Samples))]
    public void Is_driven_by_a_test(string name)
    {
        string expected = Path.GetFileNameWithoutExtension(name).Replace("-", "", StringComparison.Ordinal) + "SampleTests";
        Assert.True(name == Hello || typeof(EverySampleTests).Assembly.GetTypes().Any(type => type.Name.Equals(expected, StringComparison.OrdinalIgnoreCase)),
            $"samples/{name} has no test: write a class {expected} that starts it with RunningSample.StartAsync(\"{name}\") and asks it.");
    }

    [Theory]
    [InlineData("quickstart", "QuickstartTests")]
    [InlineData("advanced", "AdvancedTests")]
    public void Every_sample_of_a_chapter_is_driven_by_its_tests_and_stands_in_the_table_of_topics(string chapter, string tests)
    {
        string source = Checkout.Read($"tests/Millrace.Samples.Tests/{tests}.cs"), table = Checkout.Read("docs/from-aiohttp.md");
        var names = Checkout.FilesIn($"samples/{chapter}", ".cs").Select(file => Path.GetFileNameWithoutExtension(file));
        Assert.DoesNotContain(names, name => !source.Contains(name, StringComparison.Ordinal) || !table.Contains($"(../samples/{chapter}/{name}.cs)", StringComparison.Ordinal));
    }
}
