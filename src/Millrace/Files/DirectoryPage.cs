using System.Net;
using System.Text;

namespace Millrace.Files;

/// <summary>A page of the names in a directory. Every name is escaped, for the text and for the link (CVE-2024-27306).</summary>
internal static class DirectoryPage
{
    private const int NamesMax = 10_000;

    /// <summary>Makes the page.</summary>
    /// <param name="directory">The full path.</param>
    /// <param name="path">The path below the root, for the title.</param>
    /// <param name="options">Which names may be seen.</param>
    public static Response Of(string directory, string path, StaticOptions options)
    {
        string title = WebUtility.HtmlEncode($"Index of /{path}");
        var page = new StringBuilder($"<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title></head>\n<body><h1>{title}</h1>\n<ul>\n");
        if (path.Length > 0)
            page.Append("<li><a href=\"../\">../</a></li>\n");
        foreach (string name in Names(directory, options))
        {
            string slash = name[^1] == '/' ? "/" : "";
            // With ./ before it no name is taken for a scheme.
            page.Append($"<li><a href=\"./{Uri.EscapeDataString(name.TrimEnd('/'))}{slash}\">{WebUtility.HtmlEncode(name)}</a></li>\n");
        }
        page.Append("</ul></body></html>\n");
        var response = Response.Text(page.ToString(), contentType: "text/html; charset=utf-8");
        response.Headers["Content-Security-Policy"] = "default-src 'none'";
        return response;
    }

    /// <summary>The names that would be served, directories with a slash behind them; links alone are left out, since nobody has looked yet where they lead.</summary>
    private static List<string> Names(string directory, StaticOptions options)
    {
        try
        {
            return new DirectoryInfo(directory).EnumerateFileSystemInfos()
                .Where(entry => StaticPath.IsBelow(entry.Name, options.DotFiles) && (options.FollowLinks || entry.LinkTarget is null))
                .Take(NamesMax)
                .Select(entry => entry is DirectoryInfo ? entry.Name + "/" : entry.Name)
                .Order(StringComparer.Ordinal)
                .ToList();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
