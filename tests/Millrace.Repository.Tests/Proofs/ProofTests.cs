using Millrace.Repository.Tests.Support;

namespace Millrace.Repository.Tests.Proofs;

/// <summary>The tables that say which test proves what: every test they name exists, and no row goes without one silently.</summary>
public class ProofTests
{
    private static readonly ProofIndex Index = ProofIndex.Load();

    [Theory]
    [InlineData("docs/conformance.md")]
    [InlineData("docs/from-aiohttp.md")]
    public void Every_test_and_case_that_is_named_exists(string file) =>
        Assert.DoesNotContain(Rows(file).SelectMany(cells => ProofIndex.Named(cells[^1])), name => !Index.Holds(name));

    [Fact]
    public void Every_requirement_has_its_proof_or_says_why_it_needs_none() =>
        Assert.Empty(Rows("docs/conformance.md").Where(cells => !ProofIndex.Named(cells[^1]).Any() && !cells[^1].StartsWith("none: ", StringComparison.Ordinal)).Select(cells => string.Join(" | ", cells)));

    [Fact]
    public void Every_name_of_aiohttp_has_its_proof_or_is_left_out_with_a_reason() =>
        Assert.Empty(Rows("docs/from-aiohttp.md").Where(cells => !ProofIndex.Named(cells[^1]).Any() && !cells[^2].StartsWith("left out: ", StringComparison.Ordinal)).Select(cells => string.Join(" | ", cells)));

    [Theory]
    [InlineData("ProofTests.A_name_is_held_if_its_test_exists", true)]
    [InlineData("ProofTests.A_name_is_held_if_its_test_exists(ProofTests.No_such_test)", true)]
    [InlineData("ProofTests.A_name_is_held_if_its_test_exists(nowhere)", false)]
    [InlineData("ProofTests.No_such_test", false)]
    [InlineData("ProofTests.Rows", false)]
    [InlineData("NoSuchTests.A_name_is_held_if_its_test_exists", false)]
    [InlineData("framing.case: A POST with three bytes", true)]
    [InlineData("framing.case: A POST with four bytes", false)]
    [InlineData("chunked.case: A POST with three bytes", false)]
    public void A_name_is_held_if_its_test_exists(string name, bool isHeld) => Assert.Equal(isHeld, Index.Holds(name));

    /// <summary>The rows of all tables, without their heads. An empty cell is a row without a proof, and not left out.</summary>
    private static IEnumerable<string[]> Rows(string file) => Checkout.Read(file).Split('\n')
        .Where(line => line.StartsWith('|'))
        .Where(line => !line.StartsWith("|---", StringComparison.Ordinal))
        .Select(line => line.Trim()[1..^1].Split('|').Select(cell => cell.Trim()).ToArray())
        .Where(cells => cells[^1] != "test");
}
