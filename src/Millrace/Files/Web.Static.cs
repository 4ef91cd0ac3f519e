namespace Millrace;

public static partial class Web
{
    /// <summary>A route for all files of a directory, below a prefix, for GET and HEAD (aiohttp: static): <c>Static("/assets", "wwwroot")</c>.</summary>
    /// <param name="prefix">The path in front; whole segments.</param>
    /// <param name="directory">The directory; a relative path counts from the current one.</param>
    /// <param name="options">Null: the defaults.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such directory.</exception>
    public static Route Static(string prefix, string directory, StaticOptions? options = null) => Static(prefix, new StaticFiles(directory, options));

    /// <summary>As <see cref="Static(string, string, StaticOptions)"/>, of a directory that you keep to ask it for versions.</summary>
    public static Route Static(string prefix, StaticFiles files)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        ArgumentNullException.ThrowIfNull(files);
        return Get(prefix.TrimEnd('/') + "/{file...}", request => files.Respond(request, request.Match["file"]));
    }
}
