using System.IO.Compression;
using System.Net.Http.Headers;
using System.Text;

namespace Millrace.Tests.Requests;

/// <summary>Multipart bodies read part by part as they come.</summary>
public sealed class MultipartReaderTests
{
    private const string Mixed = $"multipart/mixed; boundary={MultipartText.Boundary}";

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task Parts_come_one_after_the_other_and_are_read_in_many_ways(Kind kind)
    {
        await using var server = new RunningServer(kind, [Post("/", async request =>
        {
            var seen = new List<string>();
            await foreach (var part in request.Multipart())
            {
                seen.Add(part.Name switch
                {
                    "text" => await part.TextAsync(),
                    "json" => (await part.JsonAsync(BodyReadTests.PersonContext.Default.Person))!.Name,
                    "line" => Encoding.ASCII.GetString(await part.Body.ReadUntilAsync("\n"u8.ToArray())),
                    "bytes" => $"{(await part.ReadAsync()).Length}",
                    _ => $"skipped {part.Headers.Count} {part.ContentType} {part.Headers["x-own"]} {part.FileName} {part.SafeFileName}",
                });
            }
            return Response.Text(string.Join('|', seen));
        })]);
        string body = MultipartText.Closed(
            MultipartText.Field("text", "\u00E9", "Content-Type: text/plain; charset=iso-8859-1\r\n"),
            MultipartText.File("none", "a/b", new string('x', 100_000), "X-Own: 1\r\nContent-Type: image/png\r\n"),
            MultipartText.Field("json", "{\"name\":\"n\"}"),
            MultipartText.Field("line", "first\nsecond\n"),
            MultipartText.Field("bytes", new string('y', 70_000)));
        Assert.Equal("é|skipped 3 image/png 1 a/b b|n|first\n|70000", (await server.AskAsync(MultipartText.Post(body, Mixed))).Text);
    }

    [Fact]
    public async Task What_the_client_of_dotnet_sends_is_read_as_it_was_meant()
    {
        // MultipartContent is the oracle: it writes what the platform takes for right.
        byte[] binary = Patterns.Bytes(5000);
        using var content = new MultipartFormDataContent("an \"odd' boundary".Replace("\"", "", StringComparison.Ordinal));
        content.Add(new StringContent("grün", Encoding.UTF8), "field");
        content.Add(new ByteArrayContent(binary) { Headers = { ContentType = new MediaTypeHeaderValue("application/x-own") } }, "file", "grün x.bin");
        using var inner = new MultipartContent("mixed");
        inner.Add(new StringContent("nested"));
        content.Add(inner, "inner");
        byte[] body = await content.ReadAsByteArrayAsync();
        var seen = new List<string>();
        byte[]? read = null;
        await using var server = new RunningServer(Kind.InMemory, [Post("/", async request =>
        {
            await foreach (var part in request.Multipart())
            {
                if (part.Name == "inner")
                    seen.Add(await (await part.Multipart().NextAsync())!.TextAsync());
                else if (part.FileName is null)
                    seen.Add($"{part.Name} {await part.TextAsync()}");
                else
                    (seen, read) = ([.. seen, $"{part.Name} {part.ContentType} {part.FileName}"], await part.ReadAsync());
            }
            return new Response();
        })]);
        using var client = await server.ConnectAsync();
        await client.SendAsync((byte[])[.. Encoding.Latin1.GetBytes($"POST / HTTP/1.1\r\nHost: a\r\nContent-Type: {content.Headers.ContentType}\r\nContent-Length: {body.Length}\r\n\r\n"), .. body]);
        Assert.Equal(200, (await client.ReadAsync()).Status);
        Assert.Equal(["field grün", "file application/x-own grün x.bin", "nested"], seen);
        Assert.Equal(binary, read);
    }

    [Fact]
    public async Task Multipart_in_multipart_is_read_down_to_a_depth()
    {
        static string Nest(int depth) => depth == 0
            ? "Content-Type: text/plain\r\n\r\nbottom"
            : $"Content-Type: multipart/mixed; boundary=d{depth}\r\n\r\npre\r\n--d{depth}\r\n{Nest(depth - 1)}\r\n--d{depth}--\r\nepilogue";
        static async Task<string> DescendAsync(MultipartReader reader)
        {
            var part = (await reader.NextAsync())!;
            string text = part.ContentType!.StartsWith("multipart", StringComparison.Ordinal) ? await DescendAsync(part.Multipart()) : await part.TextAsync();
            Assert.Null(await reader.NextAsync());
            return text;
        }
        await using var server = new RunningServer(Kind.InMemory, [Post("/", async request => Response.Text(await DescendAsync(request.Multipart())))]);
        for (int depth = 1; depth <= 5; depth++)
        {
            string whole = Nest(depth);
            int head = whole.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            var response = await server.AskAsync(MultipartText.Post(whole[(head + 4)..], whole["Content-Type: ".Length..head]));
            Assert.Equal(depth <= 4 ? (200, "bottom") : (400, "The parts are nested deeper than is read here."), (response.Status, response.Text));
        }
    }

    [Fact]
    public async Task Encoded_parts_are_decoded_within_the_limits_of_decoding()
    {
        await using var server = new RunningServer(Kind.InMemory, [Post("/", async request =>
        {
            long length = 0;
            await foreach (var part in request.Multipart())
            {
                await foreach (var piece in part.Body.ReadPiecesAsync())
                    length += piece.Length;
            }
            return Response.Text($"{length}");
        })]);
        foreach (string coding in new[] { "gzip", "deflate", "br" })
        {
            Assert.Equal((200, "10000"), await AskAsync(server, coding, Patterns.Bytes(10_000)) is var small ? (small.Status, small.Text) : default);
            Assert.Equal(413, (await AskAsync(server, coding, new byte[8 * 1024 * 1024])).Status);
            Assert.Equal(400, (await server.AskAsync(MultipartText.Post(MultipartText.Closed(MultipartText.Field("a", "nonsense", $"Content-Encoding: {coding}\r\n"))))).Status);
        }
        Assert.Equal(415, (await server.AskAsync(MultipartText.Post(MultipartText.Closed(MultipartText.Field("a", "x", "Content-Encoding: zip\r\n"))))).Status);
    }

    [Fact]
    public async Task A_base64_part_can_be_read_byte_by_byte()
    {
        await using var server = new RunningServer(Kind.InMemory, [Post("/", async request =>
        {
            var part = (await request.Multipart().NextAsync())!;
            var text = new StringBuilder();
            var one = new byte[1];
            while (await part.Body.ReadAsync(one) > 0)
                text.Append((char)one[0]);
            return Response.Text(text.ToString());
        })]);
        string content = Convert.ToBase64String(Encoding.ASCII.GetBytes(new string('a', 10_000) + "b"), Base64FormattingOptions.InsertLineBreaks);
        Assert.Equal(new string('a', 10_000) + "b", (await server.AskAsync(MultipartText.Post(MultipartText.Closed(MultipartText.Field("a", content, "Content-Transfer-Encoding: base64\r\n"))))).Text);
    }

    [Fact]
    public async Task A_part_that_was_passed_over_cannot_be_read_any_more()
    {
        await using var server = new RunningServer(Kind.InMemory, [Post("/", async request =>
        {
            var reader = request.Multipart();
            Assert.Same(reader, request.Multipart());
            var first = (await reader.NextAsync())!;
            var second = (await reader.NextAsync())!;
            await Assert.ThrowsAsync<InvalidOperationException>(async () => await first.ReadAsync());
            Assert.Equal("2", await second.TextAsync());
            Assert.Equal("", await second.TextAsync());
            Assert.True(second.Body.IsCompleted);
            Assert.Null(await reader.NextAsync());
            Assert.Null(await reader.NextAsync());
            return Response.Text("checked");
        })]);
        Assert.Equal("checked", (await server.AskAsync(MultipartText.Post(MultipartText.Closed(MultipartText.Field("a", "1"), MultipartText.Field("b", "2"))))).Text);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    public async Task An_encoded_part_that_was_passed_over_says_so_too(string coding)
    {
        await using var server = new RunningServer(Kind.InMemory, [Post("/", async request =>
        {
            var reader = request.Multipart();
            var first = (await reader.NextAsync())!;
            var body = first.Body;
            _ = await reader.NextAsync();
            return Response.Text((await Assert.ThrowsAsync<ObjectDisposedException>(async () => await body.ReadAsync(new byte[1]))).ObjectName);
        })]);
        Assert.Equal("Millrace.Request", (await AskAsync(server, coding, Patterns.Bytes(1000))).Text);
    }

    [Fact]
    public async Task A_reader_kept_beyond_its_request_throws()
    {
        MultipartReader? reader = null;
        MultipartPart? part = null;
        await using var server = new RunningServer(Kind.InMemory, [Post("/", async request =>
        {
            reader = request.Multipart();
            part = await reader.NextAsync();
            return new Response();
        })]);
        using var client = await server.ConnectAsync();
        for (int i = 0; i < 2; i++)
            Assert.Equal(200, (await client.AskAsync(MultipartText.Post(MultipartText.Closed(MultipartText.Field("a", new string('x', 200_000)))))).Status);
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await part!.ReadAsync());
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await reader!.NextAsync());
    }

    [Fact]
    public async Task A_collected_part_has_the_limit_of_a_body_and_the_whole_has_none()
    {
        await using var server = new RunningServer(Kind.InMemory, [Post("/", async request =>
        {
            int length = 0;
            await foreach (var part in request.Multipart())
                length += (await part.ReadAsync()).Length;
            return Response.Text($"{length}");
        })], new ServerOptions { BodyBytesMax = 1000 });
        string thousand = MultipartText.Field("a", new string('x', 1000));
        Assert.Equal("5000", (await server.AskAsync(MultipartText.Post(MultipartText.Closed(thousand, thousand, thousand, thousand, thousand)))).Text);
        Assert.Equal(413, (await server.AskAsync(MultipartText.Post(MultipartText.Closed(MultipartText.Field("a", new string('x', 1001)))))).Status);
    }

    [Theory]
    [InlineData("text/plain", 415)]
    [InlineData("", 415)]
    [InlineData("multipart/mixed", 400)]
    public async Task What_is_not_multipart_is_refused(string type, int status)
    {
        await using var server = new RunningServer(Kind.InMemory, [Post("/", async request => Response.Text($"{await request.Multipart().NextAsync()}"))]);
        Assert.Equal(status, (await server.AskAsync(MultipartText.Post("x", type))).Status);
    }

    private static async Task<RawResponse> AskAsync(RunningServer server, string coding, byte[] content)
    {
        var encoded = new MemoryStream();
        using (Stream encoder = coding switch
        {
            "gzip" => new GZipStream(encoded, CompressionLevel.Optimal),
            "deflate" => new ZLibStream(encoded, CompressionLevel.Optimal),
            _ => new BrotliStream(encoded, CompressionLevel.Fastest),
        })
        {
            encoder.Write(content);
        }
        return await server.AskAsync(MultipartText.Post(MultipartText.Closed(MultipartText.Field("a", Encoding.Latin1.GetString(encoded.ToArray()), $"Content-Encoding: {coding}\r\n"))));
    }
}
