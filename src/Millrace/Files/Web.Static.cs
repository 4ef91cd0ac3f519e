using System.Runtime.CompilerServices;

namespace Millrace;

public static partial class Web
{
    /// <summary>A route for all files of a directory, below a prefix, for GET and HEAD (aiohttp: static): <c>Static("/assets", "wwwroot")</c>.</summary>
    /// <param name="prefix">The path in front; whole segments.</param>
    /// <param name="directory">The directory; a relative path counts from the current one.</param>
    /// <param name="options">Null: the defaults.</param>
    /// <param name="name">A name to make URLs by: <c>app.Router["assets"].UrlFor(("file", "css/site.css"))</c>.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    /// <exception cref="ArgumentException">The prefix is no path, or the name no name.</exception>
    /// <exception cref="DirectoryNotFoundException">There is no such directory.</exception>
    public static Route Static(string prefix, string directory, StaticOptions? options = null, string? name = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Static(prefix, new StaticFiles(directory, options), name, file, line);

    /// <summary>As <see cref="Static(string, string, StaticOptions, string, string, int)"/>, of a directory that you keep to ask it for versions.</summary>
    public static Route Static(string prefix, StaticFiles files, string? name = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        ArgumentNullException.ThrowIfNull(files);
        return Get(prefix.TrimEnd('/') + "/{file...}", request => files.Respond(request, request.Match["file"]), name, file, line);
    }
}
