using System.Globalization;
using Millrace;
using static Millrace.Web;

/// <summary>Bodies that are read and thrown away, a directory of small files and one of large ones.</summary>
internal static class FileRoutes
{
    public static Route[] Of(string? data) => data is null ? [Post("/upload", Upload)] :
    [
        Post("/upload", Upload),
        Static("/static", Path.Combine(data, "static")),
        Static("/file", Path.Combine(data, "files")),
    ];

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
