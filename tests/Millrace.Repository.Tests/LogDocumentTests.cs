using System.Text.RegularExpressions;
using Millrace.Repository.Tests.Support;

namespace Millrace.Repository.Tests;

/// <summary>docs/logging.md has a row for every message that the server can log, and for no other.</summary>
public sealed partial class LogDocumentTests
{
    private static readonly (string Category, string Path)[] Sources =
    [
        ("Server", "src/Millrace/Telemetry/ServerLog.cs"),
        ("Transport", "src/Millrace.Transport/TransportLog.cs"),
        ("Hosting", "src/Millrace.Extensions.Hosting/ApplicationService.cs"),
    ];

    [Fact]
    public void Every_message_has_its_row()
    {
        var logged = Sources.SelectMany(source => Message().Matches(File.ReadAllText(Checkout.FullPath(source.Path)))
            .Select(message => $"{source.Category} {message.Groups["id"].Value} {message.Groups["level"].Value}"));
        var documented = Row().Matches(File.ReadAllText(Checkout.FullPath("docs/logging.md")))
            .Select(row => $"{row.Groups["category"].Value} {row.Groups["id"].Value} {row.Groups["level"].Value}");
        Assert.Equal(logged.Order(StringComparer.Ordinal), documented.Order(StringComparer.Ordinal));
    }

    [GeneratedRegex(@"EventId = (?<id>\d+), Level = LogLevel\.(?<level>\w+)")]
    private static partial Regex Message();

    [GeneratedRegex(@"^\| (?<category>\w+) \| (?<id>\d+) \| (?<level>\w+) \|", RegexOptions.Multiline)]
    private static partial Regex Row();
}
