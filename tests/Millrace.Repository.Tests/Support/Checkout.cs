using System.Reflection;

namespace Millrace.Repository.Tests.Support;

/// <summary>The files of this repository as they lie on the disk, without what a build leaves there.</summary>
internal static class Checkout
{
    private static readonly string[] BuildFolders = [".git", ".vs", ".idea", "artifacts", "bin", "obj", "BenchmarkDotNet.Artifacts"];

    public static string Root { get; } = Assembly.GetExecutingAssembly()
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "RepositoryRoot").Value!;

    /// <summary>Every file, as a path from the root with slashes.</summary>
    public static IReadOnlyList<string> Files { get; } = [.. FilesBelow(Root).Select(RelativeToRoot).Order(StringComparer.Ordinal)];

    public static IEnumerable<string> FilesIn(string folder, string extension) =>
        Files.Where(file => file.StartsWith(folder + "/", StringComparison.Ordinal) && file.EndsWith(extension, StringComparison.Ordinal));

    public static string FullPath(string file) => Path.Combine(Root, file);

    public static string Read(string file) => File.ReadAllText(FullPath(file));

    private static string RelativeToRoot(string file) => Path.GetRelativePath(Root, file).Replace('\\', '/');

    private static IEnumerable<string> FilesBelow(string folder) =>
        Directory.EnumerateFiles(folder).Concat(
            Directory.EnumerateDirectories(folder).Where(child => !BuildFolders.Contains(Path.GetFileName(child))).SelectMany(FilesBelow));
}
