#:project ../../src/Millrace/Millrace.csproj
// Files of a form: small ones read whole with the form, and large ones part by part as they come.
using System.Security.Cryptography;
using Millrace;
using static Millrace.Web;

var app = new Application();
app.AddRoutes(
    Post("/picture", PictureAsync).LimitBody(4 * 1024 * 1024),
    Post("/archive", ArchiveAsync));
RunApp(app, new RunOptions { Port = args is [var port, ..] ? int.Parse(port) : 8080 });

// The form is held to a limit; a file of more than 64 KiB waits on the disk until the request ends.
static async Task<Response> PictureAsync(Request request)
{
    var form = await request.PostAsync();
    var picture = form.File("picture") ?? throw new HttpBadRequestException("A picture is needed.");
    return Response.Text($"{picture.SafeFileName}, {picture.ContentType}, {picture.Length} bytes, titled {form["title"]}");
}

// Nothing is collected, so the size does not matter.
static async Task<Response> ArchiveAsync(Request request)
{
    var sums = new List<string>();
    await foreach (var part in request.Multipart())
    {
        if (part.SafeFileName is not { } name)
            continue;
        using var hash = SHA256.Create();
        sums.Add($"{name} {Convert.ToHexStringLower(await hash.ComputeHashAsync(part.Body.AsStream(), request.Aborted))}");
    }
    return Response.Text(string.Join('\n', sums));
}
