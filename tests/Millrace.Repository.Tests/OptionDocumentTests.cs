using System.Globalization;
using System.Reflection;
using Millrace.Repository.Tests.Support;

namespace Millrace.Repository.Tests;

/// <summary>docs/options.md and the limits of SECURITY.md beside the options as they are compiled.</summary>
public class OptionDocumentTests
{
    private static readonly Type[] OptionTypes = [typeof(RunOptions), typeof(ServerOptions), typeof(TlsOptions)];

    public static TheoryData<string> Options => [.. OptionTypes.SelectMany(Properties).Select(property => $"{property.DeclaringType!.Name}.{property.Name}")];

    [Theory]
    [MemberData(nameof(Options))]
    public void Has_a_row_with_its_default(string option)
    {
        string[] name = option.Split('.');
        var type = OptionTypes.Single(type => type.Name == name[0]);
        string section = Checkout.Read("docs/options.md").Split("\n## ").Single(section => section.StartsWith(name[0], StringComparison.Ordinal));

        var row = Assert.Single(Markdown.Rows(section), row => row[0] == name[1]);

        if (Shown(type.GetProperty(name[1])!.GetValue(Activator.CreateInstance(type))) is { } shown)
            Assert.Equal(shown, row[1]);
        Assert.All(row, Assert.NotEmpty);
    }

    [Theory]
    [InlineData("docs/options.md")]
    [InlineData("SECURITY.md")]
    public void Names_no_option_that_does_not_exist(string file)
    {
        string[] known = [.. OptionTypes.SelectMany(Properties).Select(property => property.Name)];

        Assert.Empty(Markdown.Rows(Checkout.Read(file)).Select(row => row[0]).Except(known));
    }

    private static IEnumerable<PropertyInfo> Properties(Type type) => type.GetProperties(BindingFlags.Public | BindingFlags.Instance);

    /// <summary>How the document writes a default; null for what has no text of its own.</summary>
    private static string? Shown(object? value) => value switch
    {
        null => "none",
        TimeSpan { TotalSeconds: >= 1 } time => $"{time.TotalSeconds} s",
        TimeSpan time => $"{time.TotalMilliseconds} ms",
        bool or Enum or string => $"`{value}`",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => null,
    };
}
