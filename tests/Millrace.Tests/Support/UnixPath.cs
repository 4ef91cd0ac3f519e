namespace Millrace.Tests.Support;

/// <summary>A folder of its own for sockets: their paths may not be long.</summary>
internal sealed class UnixPath : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mr-").FullName;

    public string Path => System.IO.Path.Combine(_folder, "s");

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
