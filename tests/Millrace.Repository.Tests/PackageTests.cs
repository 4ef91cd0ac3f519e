using System.Diagnostics;
using System.IO.Compression;
using System.Xml.Linq;
using Millrace.Repository.Tests.Support;

namespace Millrace.Repository.Tests;

/// <summary>What <c>dotnet pack</c> makes of the sources: one package that holds the three assemblies.</summary>
public sealed class PackageTests(PackageTests.Package package) : IClassFixture<PackageTests.Package>
{
    private static readonly string[] Assemblies = ["Millrace", "Millrace.Protocol", "Millrace.Transport"];

    [Fact]
    public void There_is_one_package_with_symbols() =>
        Assert.Equal([".nupkg", ".snupkg"], package.Files.Select(Path.GetExtension).Order(StringComparer.Ordinal));

    [Fact]
    public void It_holds_the_assemblies_with_their_documentation_and_nothing_else() =>
        Assert.Equal(
            Assemblies.SelectMany(name => new[] { $"lib/net10.0/{name}.dll", $"lib/net10.0/{name}.xml" }).Order(StringComparer.Ordinal),
            package.Entries(".nupkg").Where(entry => entry.StartsWith("lib/", StringComparison.Ordinal)).Order(StringComparer.Ordinal));

    [Fact]
    public void The_symbols_are_those_of_the_assemblies() =>
        Assert.Equal(
            Assemblies.Select(name => $"lib/net10.0/{name}.pdb").Order(StringComparer.Ordinal),
            package.Entries(".snupkg").Where(entry => entry.EndsWith(".pdb", StringComparison.Ordinal)).Order(StringComparer.Ordinal));

    [Fact]
    public void It_depends_on_the_logging_abstractions_alone() =>
        Assert.Equal(["Microsoft.Extensions.Logging.Abstractions"], package.Metadata("dependency").Select(dependency => (string?)dependency.Attribute("id")));

    [Fact]
    public void It_says_what_it_is_and_where_it_comes_from()
    {
        Assert.Equal("Millrace", Assert.Single(package.Metadata("id")).Value);
        Assert.Equal("MIT", Assert.Single(package.Metadata("license")).Value);
        Assert.Equal("README.md", Assert.Single(package.Metadata("readme")).Value);
        Assert.Contains("README.md", package.Entries(".nupkg"));
        Assert.NotEmpty(Assert.Single(package.Metadata("description")).Value);
        Assert.StartsWith("https://", Assert.Single(package.Metadata("projectUrl")).Value, StringComparison.Ordinal);
        Assert.StartsWith("https://", (string?)Assert.Single(package.Metadata("repository")).Attribute("url"), StringComparison.Ordinal);
    }

    public sealed class Package : IDisposable
    {
        private readonly string _folder = Directory.CreateTempSubdirectory("millrace-package-").FullName;

        public Package()
        {
            // Without node reuse: a build server that outlives the test would hold its output open.
            var start = new ProcessStartInfo("dotnet", ["pack", "src/Millrace", "-c", "Release", "-o", _folder, "--nologo", "-v", "q", "-nodeReuse:false", "--disable-build-servers"])
            {
                WorkingDirectory = Checkout.Root,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            using var pack = Process.Start(start)!;
            var errors = pack.StandardError.ReadToEndAsync();
            string output = pack.StandardOutput.ReadToEnd();
            pack.WaitForExit();
            Assert.True(pack.ExitCode == 0, $"dotnet pack failed:\n{output}\n{errors.GetAwaiter().GetResult()}");
        }

        public string[] Files => Directory.GetFiles(_folder);

        public IReadOnlyList<string> Entries(string extension)
        {
            using var zip = Open(extension);
            return [.. zip.Entries.Select(entry => entry.FullName)];
        }

        public IEnumerable<XElement> Metadata(string name)
        {
            using var zip = Open(".nupkg");
            using var nuspec = zip.Entries.Single(entry => entry.FullName.EndsWith(".nuspec", StringComparison.Ordinal)).Open();
            return [.. XDocument.Load(nuspec).Descendants().Where(element => element.Name.LocalName == name)];
        }

        public void Dispose() => Directory.Delete(_folder, recursive: true);

        private ZipArchive Open(string extension) => ZipFile.OpenRead(Files.Single(file => Path.GetExtension(file) == extension));
    }
}
