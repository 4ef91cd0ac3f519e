namespace Millrace.Tests.Support;

/// <summary>A directory for one test, gone at its end.</summary>
internal sealed class TemporaryDirectory : IDisposable
{
    /// <summary>A time of change that is long past and has no fraction of a second.</summary>
    public static readonly DateTime Old = new(2024, 2, 29, 12, 30, 45, DateTimeKind.Utc);

    public string Root { get; } = Directory.CreateTempSubdirectory("millrace-").FullName;

    public string this[string name] => Path.Combine(Root, name);

    /// <summary>Writes a file, its directories too, last changed at <see cref="Old"/>.</summary>
    public string Write(string name, byte[] content)
    {
        string path = this[name];
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content);
        File.SetLastWriteTimeUtc(path, Old);
        return path;
    }

    /// <inheritdoc cref="Write(string, byte[])"/>
    public string Write(string name, string content) => Write(name, System.Text.Encoding.UTF8.GetBytes(content));

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
