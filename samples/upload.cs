#:project ../src/Millrace/Millrace.csproj
// Uploads of any size, streamed to disk: nothing but one buffer is held in memory.
//   dotnet run samples/upload.cs 8080
//   curl -F file=@large.iso http://localhost:8080/upload      or open http://localhost:8080/ in a browser
using Millrace;
using static Millrace.Web;

const long FileBytesMax = 8L * 1024 * 1024 * 1024;
const long ReportEvery = 256L * 1024 * 1024;
const string Page = """
    <!doctype html>
    <title>Upload</title>
    <form method="post" action="/upload" enctype="multipart/form-data">
      <input type="file" name="file" multiple> <button>Send</button>
    </form>
    """;

string directory = Directory.CreateTempSubdirectory("millrace-uploads-").FullName;
var app = new Application();
app.AddRoutes([
    Get("/", request => Response.Text(Page, contentType: "text/html; charset=utf-8")),
    Post("/upload", UploadAsync),
]);
RunApp(app, new RunOptions { Port = args is [var port, ..] ? int.Parse(port) : 8080 });
Directory.Delete(directory, recursive: true);

async Task<Response> UploadAsync(Request request)
{
    var lines = new List<string>();
    await foreach (var part in request.Multipart())
    {
        // A field that is no file is passed over; an empty name means that no file was chosen.
        if (part.FileName is not { Length: > 0 })
            continue;
        long bytes = await SaveAsync(part, request);
        lines.Add($"{part.SafeFileName}: {bytes} bytes");
    }
    return Response.Text(lines.Count == 0 ? "No file was sent.\n" : string.Join('\n', lines) + "\n", lines.Count == 0 ? 400 : 201);
}

async Task<long> SaveAsync(MultipartPart part, Request request)
{
    // Never the client's name alone: two uploads may have the same.
    string path = Path.Combine(directory, $"{Guid.NewGuid():N}-{part.SafeFileName}");
    long bytes = 0, reported = 0;
    try
    {
        await using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0, useAsync: true);
        await foreach (var piece in part.Body.ReadPiecesAsync(request.Aborted))
        {
            bytes += piece.Length;
            if (bytes > FileBytesMax)
                throw new HttpContentTooLargeException(FileBytesMax);
            await file.WriteAsync(piece, request.Aborted);
            if (bytes - reported >= ReportEvery)
            {
                reported = bytes;
                Console.WriteLine($"{part.SafeFileName}: {bytes >> 20} MiB so far, {Environment.WorkingSet >> 20} MiB of memory");
            }
        }
        return bytes;
    }
    catch
    {
        File.Delete(path);
        throw;
    }
}
