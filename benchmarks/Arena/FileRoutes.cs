using System.Globalization;
using Millrace;
using static Millrace.Web;

/// <summary>Bodies that are read and thrown away, a directory of small files and one of large ones.</summary>
internal static class FileRoutes
{
    /// <param name="data">The directory that has the directories <c>static</c> and <c>files</c>; one that is not there has no route.</param>
    public static IEnumerable<Route> Of(string? data)
    {
        yield return Post("/upload", Upload);
        foreach (var (prefix, name) in ((string, string)[])[("/static", "static"), ("/file", "files")])
        {
            if (data is not null && Directory.Exists(Path.Combine(data, name)))
                yield return Static(prefix, Path.Combine(data, name));
        }
    }

    private static async Task<Response> Upload(Request request)
    {
        long count = 0;
        byte[] piece = System.Buffers.ArrayPool<byte>.Shared.Rent(64 * 1024);
        int n;
        while ((n = await request.Body.ReadAsync(piece)) > 0)
            count += n;
        System.Buffers.ArrayPool<byte>.Shared.Return(piece);
        return Response.Text(count.ToString(CultureInfo.InvariantCulture));
    }
}
