using System.Runtime.CompilerServices;

namespace Millrace;

public sealed partial class RouteTable
{
    /// <inheritdoc cref="Web.Static(string, string, StaticOptions, string, string, int)"/>
    public Route Static(string prefix, string directory, StaticOptions? options = null, string? name = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Add(Web.Static(prefix, directory, options, name, file, line));

    /// <inheritdoc cref="Web.Static(string, StaticFiles, string, string, int)"/>
    public Route Static(string prefix, StaticFiles files, string? name = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Add(Web.Static(prefix, files, name, file, line));
}
