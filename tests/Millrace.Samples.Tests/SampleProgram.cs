using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Emit;
using Millrace.Repository.Tests.Support;

namespace Millrace.Samples.Tests;

/// <summary>
/// One file of <c>samples</c>, compiled as <c>dotnet run</c> compiles it but against the libraries of this test project, which takes a second instead of ten.
/// </summary>
internal static partial class SampleProgram
{
    // Each once: a program that runs must not be written over.
    private static readonly ConcurrentDictionary<string, Lazy<string>> Built = new();

    private static readonly Lazy<string> Config = new(WriteRuntimeConfig);

    /// <summary>What <c>dotnet</c> needs to run a program as a file-based one: no reflection for JSON, no cultures.</summary>
    public static string RuntimeConfig => Config.Value;

    /// <summary>Compiles <c>samples/{name}</c>; the path of the program.</summary>
    public static string Build(string name) => Built.GetOrAdd(name, static name => new Lazy<string>(() => Compile(name))).Value;

    private static string Compile(string name)
    {
        string text = FileBasedDirective().Replace(Checkout.Read($"samples/{name}"), "");
        var compilation = Source.Compile([Source.Parse(text, name)], OutputKind.ConsoleApplication, withMillrace: true);
        string path = Path.Combine(AppContext.BaseDirectory, $"sample-{Path.GetFileNameWithoutExtension(name)}.dll");
        using var file = new MemoryStream();
        var result = Source.Generate(compilation, TestContext.Current.CancellationToken)
            .Emit(file, options: new EmitOptions(), cancellationToken: TestContext.Current.CancellationToken);
        Assert.Empty(result.Diagnostics.Where(problem => problem.Severity >= DiagnosticSeverity.Warning).Select(problem => problem.ToString()));
        File.WriteAllBytes(path, file.ToArray());
        return path;
    }

    private static string WriteRuntimeConfig()
    {
        string path = Path.Combine(AppContext.BaseDirectory, "samples.runtimeconfig.json");
        File.WriteAllText(path, $$"""
            {
              "runtimeOptions": {
                "tfm": "net10.0",
                "framework": { "name": "Microsoft.NETCore.App", "version": "{{Environment.Version.ToString(3)}}" },
                "configProperties": { "System.Text.Json.JsonSerializer.IsReflectionEnabledByDefault": false, "System.Globalization.Invariant": true }
              }
            }
            """);
        return path;
    }

    [GeneratedRegex(@"^#[:!].*$", RegexOptions.Multiline)]
    private static partial Regex FileBasedDirective();
}
