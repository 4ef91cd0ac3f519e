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

    /// <summary>Compiles <c>samples/{name}</c>; the path of the program.</summary>
    public static string Build(string name) => Built.GetOrAdd(name, static name => new Lazy<string>(() => Compile(name))).Value;

    private static string Compile(string name)
    {
        string text = FileBasedDirective().Replace(Checkout.Read($"samples/{name}"), "");
        var compilation = Source.Compile([Source.Parse(text, name)], OutputKind.ConsoleApplication, withMillrace: true);
        string path = Path.Combine(AppContext.BaseDirectory, $"sample-{Path.ChangeExtension(name, ".dll").Replace('/', '-')}");
        using var file = new MemoryStream();
        var result = Source.Generate(compilation, TestContext.Current.CancellationToken)
            .Emit(file, options: new EmitOptions(), cancellationToken: TestContext.Current.CancellationToken);
        Assert.Empty(result.Diagnostics.Where(problem => problem.Severity >= DiagnosticSeverity.Warning).Select(problem => problem.ToString()));
        File.WriteAllBytes(path, file.ToArray());
        WriteRuntimeConfig(name, path);
        return path;
    }

    /// <summary>What <c>dotnet</c> needs to run a program as a file-based one: no reflection for JSON, no cultures, and where the file is.</summary>
    private static void WriteRuntimeConfig(string name, string program) => File.WriteAllText(Path.ChangeExtension(program, ".runtimeconfig.json"), $$"""
        {
          "runtimeOptions": {
            "tfm": "net10.0",
            "framework": { "name": "Microsoft.NETCore.App", "version": "{{Environment.Version.ToString(3)}}" },
            "configProperties": {
              "EntryPointFileDirectoryPath": "{{Path.GetDirectoryName(Checkout.FullPath($"samples/{name}"))}}",
              "System.Text.Json.JsonSerializer.IsReflectionEnabledByDefault": false,
              "System.Globalization.Invariant": true
            }
          }
        }
        """);

    [GeneratedRegex(@"^#[:!].*$", RegexOptions.Multiline)]
    private static partial Regex FileBasedDirective();
}
