using System.Text;

namespace Millrace.Tests.Responses;

/// <summary>Multipart bodies that are sent.</summary>
public sealed class MultipartWriterTests
{
    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task Parts_are_sent_in_order_with_their_fields_and_the_length_of_all(Kind kind)
    {
        await using var server = new RunningServer(kind, [Get("/", request =>
        {
            var parts = new MultipartWriter("related", "b");
            parts.Append("grün").Add("X-Own", "1");
            parts.AppendJson(new Requests.BodyReadTests.Person("x", 3), Requests.BodyReadTests.PersonContext.Default.Person);
            parts.AppendForm([new("a b", "c&d"), new("e", "")]);
            var nested = new MultipartWriter(boundary: "n");
            nested.Append(new byte[] { 1, 2 });
            parts.Append(nested);
            parts.Append(new MemoryStream([3, 4]), "a/b");
            Assert.Equal(5, parts.Count);
            return Response.Multipart(parts, 201);
        })]);
        var response = await server.GetAsync("/");
        Assert.Equal((201, "multipart/related; boundary=b"), (response.Status, response["Content-Type"]));
        Assert.Equal(
            "--b\r\nContent-Type: text/plain; charset=utf-8\r\nX-Own: 1\r\n\r\ngrün\r\n"
            + "--b\r\nContent-Type: application/json\r\n\r\n{\"name\":\"x\",\"age\":3}\r\n"
            + "--b\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\na%20b=c%26d&e=\r\n"
            + "--b\r\nContent-Type: multipart/mixed; boundary=n\r\n\r\n--n\r\nContent-Type: application/octet-stream\r\n\r\n\u0001\u0002\r\n--n--\r\n\r\n"
            + "--b\r\nContent-Type: a/b\r\n\r\n\u0003\u0004\r\n--b--\r\n",
            response.Text);
        Assert.NotNull(response["Content-Length"]);
    }

    [Fact]
    public async Task What_is_written_is_read_again()
    {
        byte[] content = Patterns.Bytes(100_000);
        byte[]? body = null;
        string? type = null;
        await using var server = new RunningServer(Kind.InMemory,
        [
            Get("/", request =>
            {
                var parts = new MultipartWriter("form-data");
                parts.Append(content).Add("Content-Disposition", "form-data; name=\"f\"; filename=\"x\"");
                parts.Append("value").Add("Content-Disposition", "form-data; name=\"a\"");
                return Response.Multipart(parts);
            }),
            Post("/", async request =>
            {
                var form = await request.PostAsync();
                var all = new MemoryStream();
                await form.Files[0].OpenRead().CopyToAsync(all);
                return Response.Text($"{form["a"]} {all.ToArray().AsSpan().SequenceEqual(content)}");
            }),
        ]);
        var written = await server.GetAsync("/");
        (body, type) = (written.Body, written["Content-Type"]);
        using var client = await server.ConnectAsync();
        await client.SendAsync((byte[])[.. Encoding.ASCII.GetBytes($"POST / HTTP/1.1\r\nHost: a\r\nContent-Type: {type}\r\nContent-Length: {body.Length}\r\n\r\n"), .. body]);
        Assert.Equal("value True", (await client.ReadAsync()).Text);
    }

    [Fact]
    public void Sizes_are_known_when_all_are()
    {
        var parts = new MultipartWriter(boundary: "b");
        Assert.Equal("--b--\r\n".Length, parts.Length);
        parts.Append("x");
        Assert.NotNull(parts.Length);
        using var pipe = new System.IO.Pipes.AnonymousPipeServerStream();
        parts.Append(pipe);
        Assert.Null(parts.Length);
    }

    [Theory]
    [InlineData("a\r\nX-Injected: 1")]
    [InlineData("a\nb")]
    [InlineData("a\0")]
    public void CVE_2026_34514_line_breaks_are_refused_in_every_field_of_a_part(string evil)
    {
        var parts = new MultipartWriter();
        Assert.Throws<ArgumentException>(() => parts.Append("x", evil));
        Assert.Throws<ArgumentException>(() => parts.Append("x").Add("X-Own", evil));
        Assert.Throws<ArgumentException>(() => parts.Append("x").Add(evil, "x"));
        Assert.Throws<ArgumentException>(() => new MultipartWriter(evil));
        Assert.Throws<ArgumentException>(() => new MultipartWriter(boundary: evil));
        Assert.Throws<ArgumentException>(() => parts.Append(parts));
    }

    [Fact]
    public void A_boundary_is_made_by_chance_or_quoted()
    {
        Assert.NotEqual(new MultipartWriter().Boundary, new MultipartWriter().Boundary);
        Assert.Equal("multipart/mixed; boundary=\"a:b\"", new MultipartWriter(boundary: "a:b").ContentType);
        Assert.Throws<ArgumentException>(() => new MultipartWriter(boundary: new string('x', 71)));
    }
}
