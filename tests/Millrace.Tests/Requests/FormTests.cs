using System.Text;

namespace Millrace.Tests.Requests;

/// <summary>Forms, urlencoded and multipart (rows 86 to 105), and the advisories about them.</summary>
public sealed class FormTests
{
    private const string UrlEncoded = "application/x-www-form-urlencoded";

    [Theory]
    [InlineData("a=1&b=&c=%20+&a=2", "a=1|b=|c=  |a=2")]
    [InlineData("a", "a=")]
    [InlineData("=x&&a=b=c&", "=x|a=b=c")]
    [InlineData("%C3%A9=%e2%82%ac&\u00C3\u00A9=1", "é=€|é=1")]
    [InlineData("a=%zz%4&b=100%", "a=%zz%4|b=100%")]
    [InlineData("", "")]
    public async Task Row_86_a_urlencoded_form_is_a_multi_map_with_blanks(string body, string expected)
    {
        await using var server = Posting();
        Assert.Equal(expected, (await server.AskAsync(MultipartText.Post(body, UrlEncoded))).Text);
    }

    [Theory]
    [InlineData(UrlEncoded, "a=%FF", 415, "The body is not valid utf-8.")]
    [InlineData(UrlEncoded, "a=\u00FF", 415, "The body is not valid utf-8.")]
    [InlineData(UrlEncoded + "; charset=nonsense", "a=1", 415, "The charset of the body is not known here. Send UTF-8.")]
    [InlineData(UrlEncoded + "; charset=utf-7", "a=1", 415, "The charset of the body is not known here. Send UTF-8.")]
    [InlineData(UrlEncoded + "; charset=iso-8859-1", "a=%E9\u00E9", 200, "a=éé")]
    [InlineData(UrlEncoded + "; charset=\"UTF-8\"", "a=%C3%A9", 200, "a=é")]
    public async Task Row_87_a_form_not_valid_in_its_charset_is_415(string type, string body, int status, string text)
    {
        await using var server = Posting();
        var response = await server.AskAsync(MultipartText.Post(body, type));
        Assert.Equal((status, text), (response.Status, response.Text));
    }

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task Row_88_fields_and_files_have_name_type_and_content(Kind kind)
    {
        string body = MultipartText.Closed(
            MultipartText.Field("a", "1"),
            MultipartText.Field("b", "z\u00C3\u00A9", "Content-Type: text/plain; charset=utf-8\r\n"),
            MultipartText.File("f", "x.txt", "content\r\n", "Content-Type: text/plain\r\nX-Own: 1\r\n"),
            MultipartText.File("g", "y", "\0\u00FF"));
        await using var server = Posting(kind);
        using var client = await server.ConnectAsync();
        for (int i = 0; i < 2; i++)
        {
            var response = await client.AskAsync(MultipartText.Post(body));
            Assert.Equal("a=1|b=zé|f:x.txt:text/plain:content\r\n|g:y:application/octet-stream:\0\u00FF", response.Text);
        }
    }

    [Fact]
    public async Task Row_89_preamble_and_epilogue_are_ignored_and_counted()
    {
        string body = "preamble\r\nof two lines\r\n" + MultipartText.Closed(MultipartText.Field("a", "1")) + "epilogue\r\n--b0undary\r\n";
        await using var server = Posting();
        Assert.Equal("a=1", (await server.AskAsync(MultipartText.Post(body))).Text);
        await using var exact = Posting(options: new ServerOptions { BodyBytesMax = body.Length });
        Assert.Equal("a=1", (await exact.AskAsync(Chunked(body))).Text);
        await using var tight = Posting(options: new ServerOptions { BodyBytesMax = body.Length - 1 });
        Assert.Equal(413, (await tight.AskAsync(Chunked(body))).Status);
    }

    [Theory]
    [InlineData("multipart/form-data")]
    [InlineData("multipart/form-data; boundary=")]
    [InlineData("multipart/form-data; boundary=\"\"")]
    [InlineData("multipart/form-data; boundary=other")]
    [InlineData("multipart/form-data; boundary=\"b0undary \"")]
    [InlineData("multipart/form-data; boundary=\"b0undary")]
    [InlineData("multipart/form-data; boundary=b\u00E9")]
    [InlineData("multipart/form-data; boundary=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx")]
    public async Task Row_90_a_boundary_that_is_missing_wrong_or_too_long_is_400(string type) =>
        await AssertRefusedAsync(400, MultipartText.Post(MultipartText.Closed(MultipartText.Field("a", "1")), type));

    [Theory]
    [InlineData("")]
    [InlineData("--b0undary")]
    [InlineData("--b0undary\r\n")]
    [InlineData("--b0undary\r\nContent-Disposition: form-data; name=a\r\n\r\nvalue")]
    [InlineData("--b0undary\r\nContent-Disposition: form-data; name=a\r\n\r\nvalue\r\n--b0undary")]
    [InlineData("--b0undary\r\nContent-Disposition: form-data; name=a\r\n\r\nvalue\r\n--b0undary-")]
    [InlineData("--b0undary\r\nContent-Disposition: form-data; name=f; filename=x\r\n\r\nvalue\r\n--b0undar")]
    [InlineData("nothing of the kind")]
    public async Task Row_91_a_body_without_its_closing_boundary_is_400(string body) => await AssertRefusedAsync(400, Chunked(body));

    [Theory]
    [InlineData("")]
    [InlineData("Content-Disposition: form-data\r\n")]
    [InlineData("Content-Disposition: form-data; filename=\"x\"\r\n")]
    [InlineData("Content-Disposition: form-data; name=\"x\r\n")]
    [InlineData("Content-Disposition: attachment; name=\"x\"\r\n")]
    [InlineData("Content-Type: text/plain\r\n")]
    public async Task Row_92_a_part_without_a_name_is_400(string head) =>
        await AssertRefusedAsync(400, MultipartText.Post(MultipartText.Closed(MultipartText.Part(head, "1"))));

    [Fact]
    public async Task Row_93_heads_of_parts_have_the_limits_of_heads_CVE_2026_34516()
    {
        await AssertRefusedAsync(431, MultipartText.Post(MultipartText.Closed(MultipartText.Field("a", "1", $"X: {new string('x', 17_000)}\r\n"))));
        await AssertRefusedAsync(431, MultipartText.Post(MultipartText.Closed(MultipartText.Field("a", "1", string.Concat(Enumerable.Repeat("X: 1\r\n", 100))))));
        await AssertRefusedAsync(431, MultipartText.Post(MultipartText.Closed(MultipartText.Field("a", "1", string.Concat(Enumerable.Repeat($"X: {new string('x', 1000)}\r\n", 40))))));
    }

    [Theory]
    [InlineData("Content-Disposition: form-data; name=a\r\nX: 1\r\n folded\r\n")]
    [InlineData("Content-Disposition: form-data; name=a\nX: 1\r\n")]
    [InlineData("Content-Disposition: form-data; name=a\r\nX\r\n")]
    [InlineData("Content-Disposition: form-data; name=a\r\nX : 1\r\n")]
    [InlineData("Content-Disposition: form-data; name=a\r\nX: \u0001\r\n")]
    public async Task CVE_2026_34514_and_50269_line_breaks_and_controls_in_the_head_of_a_part_are_400(string head) =>
        await AssertRefusedAsync(400, MultipartText.Post(MultipartText.Closed(MultipartText.Part(head, "1"))));

    [Fact]
    public async Task Row_94_a_form_of_no_parts_is_empty()
    {
        await using var server = Posting();
        Assert.Equal((200, ""), await server.AskAsync(MultipartText.Post(MultipartText.Closed())) is var closed ? (closed.Status, closed.Text) : default);
    }

    [Fact]
    public async Task Row_95_a_form_is_the_same_wherever_its_bytes_are_split()
    {
        string body = MultipartText.Closed(MultipartText.Field("a", "\r\n--b0undar"), MultipartText.File("f", "x", "--b0undar\r\r\n"), MultipartText.Field("a", ""));
        const string Expected = "a=\r\n--b0undar|a=|f:x:application/octet-stream:--b0undar\r\r\n";
        await using var server = Posting();
        using var client = await server.ConnectAsync();
        for (int cut = 1; cut < body.Length; cut++)
            Assert.Equal(Expected, (await client.AskAsync(Chunked(body[..cut], body[cut..]))).Text);
        Assert.Equal(Expected, (await client.AskAsync(Chunked([.. body.Select(c => c.ToString())]))).Text);
    }

    [Theory]
    [InlineData("\r\n--b0undar")]
    [InlineData("\r\n-b0undary--")]
    [InlineData("\n--b0undary--\n")]
    [InlineData("--b0undar\r\n--\r\n--")]
    public async Task Row_96_data_that_looks_like_a_boundary_is_kept(string value)
    {
        await using var server = Posting();
        Assert.Equal($"a={value}", (await server.AskAsync(MultipartText.Post(MultipartText.Closed(MultipartText.Field("a", value))))).Text);
    }

    [Theory]
    [InlineData("+5", 400)]
    [InlineData("-1", 400)]
    [InlineData(" ", 400)]
    [InlineData("0x5", 400)]
    [InlineData("5", 200)]
    [InlineData("1", 200)]
    [InlineData("99999999999999999999999", 200)]
    public async Task Row_97_the_Content_Length_of_a_part_is_a_number_and_says_nothing(string length, int status)
    {
        await using var server = Posting();
        var response = await server.AskAsync(MultipartText.Post(MultipartText.Closed(MultipartText.Field("a", "value", $"Content-Length: {length}\r\n"))));
        Assert.Equal(status, response.Status);
        Assert.Equal(status == 200, response.Text == "a=value");
    }

    [Theory]
    [InlineData("base64", "SGVs\r\nbG8=", 200, "a=Hello")]
    [InlineData("BASE64", "SGVsbG8=", 200, "a=Hello")]
    [InlineData("base64", "SGVsbG8", 400, null)]
    [InlineData("base64", "SGVsbG8=====", 400, null)]
    [InlineData("base64", "SGVsbG8=junk", 400, null)]
    [InlineData("quoted-printable", "H=65llo=\r\n!", 200, "a=Hello!")]
    [InlineData("quoted-printable", "=ZZ", 400, null)]
    [InlineData("quoted-printable", "a=", 400, null)]
    [InlineData("binary", "Hello", 200, "a=Hello")]
    [InlineData("7bit", "Hello", 200, "a=Hello")]
    [InlineData("x-uuencode", "Hello", 415, null)]
    public async Task Row_98_parts_in_base64_and_quoted_printable_are_decoded(string coding, string value, int status, string? expected)
    {
        await using var server = Posting();
        var response = await server.AskAsync(MultipartText.Post(MultipartText.Closed(MultipartText.Field("a", value, $"Content-Transfer-Encoding: {coding}\r\n"))));
        Assert.Equal(status, response.Status);
        if (expected is not null)
            Assert.Equal(expected, response.Text);
    }

    [Fact]
    public async Task Row_99_and_CVE_2025_69228_one_count_holds_for_all_fields_together()
    {
        string body = MultipartText.Closed([.. Enumerable.Range(0, 20).Select(i => MultipartText.Field($"f{i}", new string('x', 50)))]);
        await using var server = Posting(options: new ServerOptions { BodyBytesMax = 1000 });
        foreach (string request in new[] { MultipartText.Post(body), Chunked(body) })
        {
            var response = await server.AskAsync(request);
            Assert.Equal((413, "The body is larger than the 1000 bytes this server accepts here."), (response.Status, response.Text));
        }
    }

    [Fact]
    public async Task Row_100_and_CVE_2026_34517_a_field_over_the_limit_is_refused_as_it_comes()
    {
        // The rest never comes: the refusal does not wait for it.
        await using var server = Posting(options: new ServerOptions { BodyBytesMax = 1000 });
        using var client = await server.ConnectAsync();
        string begun = $"--{MultipartText.Boundary}\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n{new string('x', 1000)}";
        await client.SendAsync($"POST / HTTP/1.1\r\nHost: a\r\nContent-Type: multipart/form-data; boundary={MultipartText.Boundary}\r\nTransfer-Encoding: chunked\r\n\r\n{begun.Length:x}\r\n{begun}\r\n");
        Assert.Equal(413, (await client.ReadAsync()).Status);
        using var headsAlone = await server.ConnectAsync();
        string heads = MultipartText.Closed(MultipartText.Field("a", "", $"X: {new string('x', 1000)}\r\n"));
        Assert.Equal(413, (await headsAlone.AskAsync(Chunked(heads))).Status);
    }

    [Fact]
    public async Task Fields_beyond_the_memory_of_a_form_are_413_whatever_the_body_may_be()
    {
        await using var server = Posting(options: new ServerOptions { BodyBytesMax = long.MaxValue, FormMemoryBytesMax = 100 });
        Assert.Equal(200, (await server.AskAsync(MultipartText.Post(MultipartText.Closed(MultipartText.Field("a", new string('x', 50)), MultipartText.Field("b", new string('x', 50)))))).Status);
        Assert.Equal(413, (await server.AskAsync(MultipartText.Post(MultipartText.Closed(MultipartText.Field("a", new string('x', 50)), MultipartText.Field("b", new string('x', 51)))))).Status);
        Assert.Equal(413, (await server.AskAsync(MultipartText.Post(MultipartText.Closed(MultipartText.Field("a", new string('x', 101)))))).Status);
        Assert.Equal("f:x:application/octet-stream:101 bytes", (await server.AskAsync(MultipartText.Post(MultipartText.Closed(MultipartText.File("f", "x", new string('x', 101)))))).Text);
    }

    [Theory]
    [InlineData("../../x", "x")]
    [InlineData("/etc/passwd", "passwd")]
    [InlineData("C:\\x\\y.txt", "y.txt")]
    [InlineData("..", "file")]
    [InlineData("a/", "file")]
    [InlineData("CON.txt", "_CON.txt")]
    [InlineData("com1", "_com1")]
    [InlineData("a:b*c?.txt", "abc.txt")]
    [InlineData(".hidden. ", "hidden")]
    [InlineData("gr\u00C3\u00BCn.txt", "grün.txt")]
    public async Task Row_101_a_file_name_is_given_raw_and_safe(string sent, string safe)
    {
        string? raw = null, made = null;
        await using var server = new RunningServer(Kind.InMemory, [Post("/", async request =>
        {
            var file = (await request.PostAsync()).File("f")!;
            (raw, made) = (file.FileName, file.SafeFileName);
            return new Response();
        })]);
        Assert.Equal(200, (await server.AskAsync(MultipartText.Post(MultipartText.Closed(MultipartText.File("f", sent, "x"))))).Status);
        Assert.Equal((Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(sent)), safe), (raw, made));
    }

    [Fact]
    public async Task Row_101_an_extended_file_name_wins_and_a_NUL_is_refused()
    {
        await using var server = Posting();
        const string Head = "Content-Disposition: form-data; name=f; filename=\"plain\"; filename*=UTF-8''%E2%82%AC%00.txt\r\n";
        Assert.Equal("f:€\0.txt:application/octet-stream:x", (await server.AskAsync(MultipartText.Post(MultipartText.Closed(MultipartText.Part(Head, "x"))))).Text);
        await AssertRefusedAsync(400, MultipartText.Post(MultipartText.Closed(MultipartText.File("f", "a\0b", "x"))));
        await AssertRefusedAsync(400, MultipartText.Post(MultipartText.Closed(MultipartText.File("f", "a\r\nb", "x"))));
    }

    [Fact]
    public async Task Row_102_multipart_in_a_form_is_400() =>
        await AssertRefusedAsync(400, MultipartText.Post(MultipartText.Closed(MultipartText.Field("a", "--x--", "Content-Type: multipart/mixed; boundary=x\r\n"))));

    [Fact]
    public async Task Row_103_ten_thousand_small_files_cost_one_descriptor()
    {
        string body = MultipartText.Closed([.. Enumerable.Range(0, 10_000).Select(i => MultipartText.File("f", $"{i}", $"content {i}"))]);
        int opened = 0;
        await using var server = new RunningServer(Kind.InMemory, [Post("/", async request =>
        {
            var form = await request.PostAsync();
            opened = OpenDescriptors();
            using var last = new StreamReader(form.Files[^1].OpenRead());
            return Response.Text($"{form.Files.Count} {await last.ReadToEndAsync()}");
        })], new ServerOptions { BodyBytesMax = long.MaxValue, FormPartsMax = 10_000, FormMemoryBytesMax = 1000 });
        int before = OpenDescriptors();
        Assert.Equal("10000 content 9999", (await server.AskAsync(MultipartText.Post(body))).Text);
        Assert.InRange(opened - before, 0, 100);
        await using var tight = Posting(options: new ServerOptions { BodyBytesMax = long.MaxValue, FormPartsMax = 9_999 });
        Assert.Equal(413, (await tight.AskAsync(MultipartText.Post(body))).Status);
    }

    [Fact]
    public async Task Too_many_urlencoded_fields_are_413()
    {
        await using var server = Posting(options: new ServerOptions { FormPartsMax = 3 });
        Assert.Equal(200, (await server.AskAsync(MultipartText.Post("a&b&&c", UrlEncoded))).Status);
        Assert.Equal(413, (await server.AskAsync(MultipartText.Post("a&b&c&d", UrlEncoded))).Status);
    }

    [Fact]
    public async Task Row_104_all_values_of_a_name_are_kept()
    {
        await using var server = new RunningServer(Kind.InMemory, [Post("/", async request =>
        {
            var form = await request.PostAsync();
            Assert.Equal((2, "1", true, false), (form.Count, form["a"], form.Contains("a"), form.Contains("A")));
            Assert.Equal(2, form.Files.Count(file => file.Name == "f"));
            Assert.Null(form.File("a"));
            return Response.Text(string.Join(',', form.GetValues("a")));
        })]);
        Assert.Equal("1,2", (await server.AskAsync(MultipartText.Post(MultipartText.Closed(
            MultipartText.Field("a", "1"), MultipartText.File("f", "x", "1"), MultipartText.Field("a", "2"), MultipartText.File("f", "x", "2"))))).Text);
    }

    [Theory]
    [InlineData("GET", UrlEncoded)]
    [InlineData("REPORT", UrlEncoded)]
    [InlineData("POST", "text/plain")]
    [InlineData("POST", "")]
    [InlineData("POST", "multipart/mixed; boundary=b")]
    public async Task Row_105_another_method_or_type_gives_an_empty_form(string method, string type)
    {
        await using var server = Posting();
        var response = await server.AskAsync(MultipartText.Post("a=1", type, method));
        Assert.Equal((200, ""), (response.Status, response.Text));
    }

    [Theory]
    [InlineData("PUT")]
    [InlineData("PATCH")]
    [InlineData("DELETE")]
    public async Task Other_methods_with_content_have_forms_too(string method)
    {
        await using var server = Posting();
        Assert.Equal("a=1", (await server.AskAsync(MultipartText.Post("a=1", UrlEncoded, method))).Text);
    }

    [Fact]
    public async Task A_charset_field_tells_of_those_behind_it()
    {
        await using var server = Posting();
        Assert.Equal("a=é", (await server.AskAsync(MultipartText.Post(MultipartText.Closed(MultipartText.Field("_charset_", "iso-8859-1"), MultipartText.Field("a", "\u00E9"))))).Text);
        Assert.Equal(415, (await server.AskAsync(MultipartText.Post(MultipartText.Closed(MultipartText.Field("_charset_", "nonsense"), MultipartText.Field("a", "x"))))).Status);
        Assert.Equal(415, (await server.AskAsync(MultipartText.Post(MultipartText.Closed(MultipartText.Field("a", "\u00E9"))))).Status);
    }

    [Theory]
    [InlineData("--b0undary\r\n\r\n")]
    [InlineData("--b0undary\r\n\r\n\r\n--b0undary\r\n")]
    [InlineData("\r\n\r\n\r\n")]
    [InlineData("--b0undaryx\r\n")]
    public async Task CVE_2024_30251_and_2025_69227_a_malformed_form_ends_and_is_400(string body) => await AssertRefusedAsync(400, Chunked(body));

    [Fact]
    public async Task A_form_is_read_once_and_fails_again_as_it_did()
    {
        await using var server = new RunningServer(Kind.InMemory, [Post("/", async request =>
        {
            if (request.ContentType!.StartsWith("multipart", StringComparison.Ordinal))
            {
                var first = await Assert.ThrowsAsync<HttpBadRequestException>(async () => await request.PostAsync());
                Assert.Same(first, await Assert.ThrowsAnyAsync<HttpException>(async () => await request.PostAsync()));
                return new Response();
            }
            var form = await request.PostAsync();
            Assert.Same(form, await request.PostAsync());
            return Response.Text(form["a"]!);
        })]);
        Assert.Equal("1", (await server.AskAsync(MultipartText.Post("a=1", UrlEncoded))).Text);
        Assert.Equal(200, (await server.AskAsync(MultipartText.Post("--x"))).Status);
    }

    [Fact]
    public async Task A_form_can_be_made_of_a_body_that_was_collected()
    {
        await using var server = new RunningServer(Kind.InMemory, [Post("/", async request =>
        {
            await request.ReadAsync();
            return Response.Text(await MultipartText.ShowAsync(await request.PostAsync()));
        })]);
        Assert.Equal("a=1|f:x:application/octet-stream:y", (await server.AskAsync(MultipartText.Post(MultipartText.Closed(MultipartText.Field("a", "1"), MultipartText.File("f", "x", "y"))))).Text);
    }

    private static RunningServer Posting(Kind kind = Kind.InMemory, ServerOptions? options = null) => new(
        kind, async request => Response.Text(await MultipartText.ShowAsync(await request.PostAsync())), options);

    private static async Task AssertRefusedAsync(int status, string request)
    {
        await using var server = Posting();
        using var client = await server.ConnectAsync();
        for (int i = 0; i < 2; i++)
            Assert.Equal(status, (await client.AskAsync(request)).Status);
        // Nothing above Debug was logged: the server looks when it ends.
    }

    private static string Chunked(params string[] pieces) =>
        $"POST / HTTP/1.1\r\nHost: a\r\nContent-Type: multipart/form-data; boundary={MultipartText.Boundary}\r\nTransfer-Encoding: chunked\r\n\r\n"
        + string.Concat(pieces.Where(piece => piece.Length > 0).Select(piece => $"{piece.Length:x}\r\n{piece}\r\n")) + "0\r\n\r\n";

    private static int OpenDescriptors() => Directory.Exists("/proc/self/fd") ? Directory.GetFiles("/proc/self/fd").Length : 0;
}
