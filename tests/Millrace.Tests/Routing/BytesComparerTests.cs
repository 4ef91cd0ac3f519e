using System.Text;
using Millrace.Routing;

namespace Millrace.Tests.Routing;

public sealed class BytesComparerTests
{
    // Paths of an application differ in a character or two: were their hashes alike, a table of them would be searched as a list.
    [Theory]
    [InlineData("/resource-{0}-0")]
    [InlineData("/{0}")]
    [InlineData("/item-{0}")]
    [InlineData("/{0}/edit")]
    [InlineData("/api/v1/customers/{0}/orders")]
    public void Paths_that_differ_in_a_few_characters_have_hashes_of_their_own(string pattern)
    {
        var paths = Enumerable.Range(1000, 5000).Select(i => Encoding.ASCII.GetBytes(string.Format(null, pattern, i))).ToArray();

        int hashes = paths.Select(BytesComparer.Instance.GetHashCode).Distinct().Count();

        Assert.Equal(paths.Length, hashes);
    }
}
