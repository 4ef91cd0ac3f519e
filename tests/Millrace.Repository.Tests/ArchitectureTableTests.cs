using System.Text.RegularExpressions;
using Millrace.Repository.Tests.Support;

namespace Millrace.Repository.Tests;

/// <summary>The tables of ends and timeouts in ARCHITECTURE.md beside the code.</summary>
public partial class ArchitectureTableTests
{
    [Fact]
    public void Every_end_of_a_connection_has_a_row()
    {
        var ends = Member().Matches(Checkout.Read("src/Millrace/Connections/ConnectionEnd.cs")).Select(match => match.Groups[1].Value);

        Assert.Equal(ends.Order(StringComparer.Ordinal), Markdown.Rows(Section("How a connection ends")).Select(row => row[0]).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_timeout_of_the_options_has_a_row()
    {
        string section = Section("Timeouts and who owns them");
        var timeouts = typeof(ServerOptions).GetProperties().Where(property => property.PropertyType == typeof(TimeSpan) && !property.Name.EndsWith("Interval", StringComparison.Ordinal));

        Assert.All(timeouts, property => Assert.Contains($"`{property.Name}`", section, StringComparison.Ordinal));
    }

    private static string Section(string title) => Checkout.Read("ARCHITECTURE.md").Split("\n## ").Single(section => section.StartsWith(title, StringComparison.Ordinal));

    [GeneratedRegex(@"^    (\w+),$", RegexOptions.Multiline)]
    private static partial Regex Member();
}
