using System.Text;
using Millrace.Files;

namespace Millrace.Tests.Files;

/// <summary>FileResponse by itself: its head, its conditions, ranges and codings.</summary>
public sealed class FileResponseTests : IDisposable
{
    private const string OldText = "Thu, 29 Feb 2024 12:30:45 GMT";
    private const string Digits = "0123456789";

    private readonly TemporaryDirectory _files = new();

    public void Dispose() => _files.Dispose();

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task A_file_is_sent_with_its_type_length_tag_and_time(Kind kind)
    {
        string path = _files.Write("grüße an alle.css", "a { color: red }");
        await using var server = Serving(path, kind);
        using var client = await server.ConnectAsync();
        var response = await client.AskAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.Equal(200, response.Status);
        Assert.Equal("a { color: red }", response.Text);
        Assert.Equal("text/css", response["Content-Type"]);
        Assert.Equal("16", response["Content-Length"]);
        Assert.Equal(OldText, response["Last-Modified"]);
        Assert.Equal("bytes", response["Accept-Ranges"]);
        Assert.Equal("Accept-Encoding", response["Vary"]);
        Assert.Null(response["Content-Encoding"]);
        Assert.True(ETag.TryParse(response["ETag"], out var tag) && !tag.IsWeak);
        var head = await client.AskAsync("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.Equal(Without(response, "Date"), Without(head, "Date"));
        Assert.Equal("a { color: red }", (await client.AskAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n")).Text);
    }

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task An_empty_file_is_sent(Kind kind)
    {
        await using var server = Serving(_files.Write("empty.html", ""), kind);
        var response = await server.GetAsync("/");
        Assert.Equal(200, response.Status);
        Assert.Equal("0", response["Content-Length"]);
        Assert.Equal("text/html", response["Content-Type"]);
    }

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task Files_of_every_size_arrive_whole_also_pipelined(Kind kind)
    {
        int[] sizes = [1, 4095, 4096, 16 * 1024, 65_535, 65_536, 65_537, 300_000, 3_000_000];
        foreach (int size in sizes)
            _files.Write($"{size}.bin", Patterns.Bytes(size));
        await using var server = new RunningServer(kind, [Get("/{size}", request => new FileResponse(_files[$"{request.Match["size"]}.bin"]))]);
        using var client = await server.ConnectAsync();
        var sending = client.SendAsync(string.Concat(sizes.Select(size => $"GET /{size} HTTP/1.1\r\nHost: a\r\n\r\n")));
        foreach (int size in sizes)
        {
            var response = await client.ReadAsync();
            Assert.Equal("application/octet-stream", response["Content-Type"]);
            Assert.True(response.Body.AsSpan().SequenceEqual(Patterns.Bytes(size)));
        }
        await sending;
    }

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task What_is_no_file_that_may_be_read_is_404(Kind kind)
    {
        Directory.CreateDirectory(_files["directory"]);
        File.CreateSymbolicLink(_files["loop"], _files["loop"]);
        string[] names = ["missing", "directory", "loop", new string('n', 300), "a/missing", "nul\0", ".."];
        await using var server = new RunningServer(kind, [Get("/{index}", request => new FileResponse(_files.Root + "/" + names[int.Parse(request.Match["index"], provider: null)]))]);
        using var client = await server.ConnectAsync();
        for (int i = 0; i < names.Length; i++)
        {
            var response = await client.AskAsync($"GET /{i} HTTP/1.1\r\nHost: a\r\n\r\n");
            // A NUL is a fault of the program that made the path.
            Assert.Equal(names[i].Contains('\0', StringComparison.Ordinal) ? 500 : 404, response.Status);
        }
        Assert.IsType<ArgumentException>(server.Log.TakeOne().Exception);
    }

    [Theory]
    [InlineData("If-None-Match: TAG", 304)]
    [InlineData("If-None-Match: W/TAG", 304)]
    [InlineData("If-None-Match: \"x\", TAG", 304)]
    [InlineData("If-None-Match: *", 304)]
    [InlineData("If-None-Match: \"x\"", 200)]
    [InlineData("If-None-Match: junk", 200)]
    [InlineData("If-Modified-Since: Thu, 29 Feb 2024 12:30:45 GMT", 304)]
    [InlineData("If-Modified-Since: Fri, 01 Mar 2030 12:30:45 GMT", 304)]
    [InlineData("If-Modified-Since: Thu, 29 Feb 2024 12:30:44 GMT", 200)]
    [InlineData("If-Modified-Since: yesterday", 200)]
    [InlineData("If-None-Match: \"x\"\r\nIf-Modified-Since: Thu, 29 Feb 2024 12:30:45 GMT", 200)]
    [InlineData("If-Match: TAG", 200)]
    [InlineData("If-Match: *", 200)]
    [InlineData("If-Match: \"x\"", 412)]
    [InlineData("If-Match: W/TAG", 412)]
    [InlineData("If-Match: TAG\r\nIf-Unmodified-Since: Thu, 29 Feb 2024 12:30:44 GMT", 200)]
    [InlineData("If-Unmodified-Since: Thu, 29 Feb 2024 12:30:44 GMT", 412)]
    [InlineData("If-Unmodified-Since: Thu, 29 Feb 2024 12:30:45 GMT", 200)]
    [InlineData("If-Unmodified-Since: never", 200)]
    [InlineData("If-Match: TAG\r\nIf-None-Match: TAG", 304)]
    [InlineData("If-Match: \"x\"\r\nIf-None-Match: TAG", 412)]
    public async Task Conditions_are_judged_in_the_order_of_RFC_9110(string fields, int status)
    {
        await using var server = Serving(_files.Write("a.txt", Digits));
        using var client = await server.ConnectAsync();
        string tag = (await client.AskAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n"))["ETag"]!;
        foreach (string method in new[] { "GET", "HEAD" })
        {
            var response = await client.AskAsync($"{method} / HTTP/1.1\r\nHost: a\r\n{fields.Replace("TAG", tag, StringComparison.Ordinal)}\r\n\r\n");
            Assert.Equal(status, response.Status);
            Assert.Equal(tag, response["ETag"]);
            Assert.Equal(OldText, response["Last-Modified"]);
            Assert.Equal(status switch { 200 => "10", 412 => "0", _ => null }, response["Content-Length"]);
            Assert.Equal(status == 200 ? "text/plain" : null, response["Content-Type"]);
        }
    }

    [Theory]
    [InlineData("0-4", "01234", "bytes 0-4/10")]
    [InlineData("5-", "56789", "bytes 5-9/10")]
    [InlineData("-3", "789", "bytes 7-9/10")]
    [InlineData("-30", "0123456789", "bytes 0-9/10")]
    [InlineData("8-99999999999999999999", "89", "bytes 8-9/10")]
    [InlineData("9-9", "9", "bytes 9-9/10")]
    [InlineData("2-3,20-30", "23", "bytes 2-3/10")]
    public async Task A_range_is_206_with_its_place(string range, string body, string contentRange)
    {
        await using var server = Serving(_files.Write("a.txt", Digits));
        using var client = await server.ConnectAsync();
        var response = await client.AskAsync($"GET / HTTP/1.1\r\nHost: a\r\nRange: bytes={range}\r\n\r\n");
        Assert.Equal(206, response.Status);
        Assert.Equal(contentRange, response["Content-Range"]);
        Assert.Equal(body, response.Text);
        // RFC 9110 section 14.2: a range means nothing to HEAD.
        var head = await client.AskAsync($"HEAD / HTTP/1.1\r\nHost: a\r\nRange: bytes={range}\r\n\r\n");
        Assert.Equal((200, "10"), (head.Status, head["Content-Length"]));
    }

    [Theory]
    [InlineData(Digits, "10-")]
    [InlineData(Digits, "10-20")]
    [InlineData(Digits, "-0")]
    [InlineData(Digits, "10-,-0")]
    [InlineData("", "0-")]
    [InlineData("", "-1")]
    public async Task A_range_that_is_not_there_is_416_with_the_length(string content, string range)
    {
        await using var server = Serving(_files.Write("a.txt", content));
        var response = await server.AskAsync($"GET / HTTP/1.1\r\nHost: a\r\nRange: bytes={range}\r\n\r\n");
        Assert.Equal(416, response.Status);
        Assert.Equal($"bytes */{content.Length}", response["Content-Range"]);
        Assert.Empty(response.Body);
    }

    [Theory]
    [InlineData("bytes=5-2")]
    [InlineData("items=0-1")]
    [InlineData("bytes=")]
    [InlineData("bytes=a-b")]
    [InlineData("bytes=0-1,x")]
    [InlineData("bytes=\u0661-\u0662")]
    [InlineData("bytes=+1-2")]
    [InlineData("bytes=0-5,3-9")]
    [InlineData("bytes=0-,0-,0-")]
    [InlineData("bytes=0-0,0-0,0-0,0-0,0-0,0-0,0-0,0-0,0-0,0-0,0-0,0-0,0-0,0-0,0-0,0-0,0-0")]
    public async Task A_range_that_makes_no_sense_or_costs_more_than_the_whole_is_ignored(string range)
    {
        await using var server = Serving(_files.Write("a.txt", Digits));
        using var client = await server.ConnectAsync();
        await client.SendAsync(Encoding.UTF8.GetBytes($"GET / HTTP/1.1\r\nHost: a\r\nRange: {range}\r\n\r\n"));
        var response = await client.ReadAsync();
        Assert.Equal((200, Digits), (response.Status, response.Text));
        Assert.Null(response["Content-Range"]);
    }

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task Several_ranges_are_multipart_byteranges(Kind kind)
    {
        var content = Patterns.Bytes(200_000);
        await using var server = Serving(_files.Write("a.png", content), kind);
        using var client = await server.ConnectAsync();
        for (int i = 0; i < 2; i++)
        {
            var response = await client.AskAsync("GET / HTTP/1.1\r\nHost: a\r\nRange: bytes=0-4, 100000-179999,-3\r\n\r\n");
            Assert.Equal(206, response.Status);
            Assert.Null(response["Content-Range"]);
            string type = response["Content-Type"]!;
            Assert.StartsWith("multipart/byteranges; boundary=", type, StringComparison.Ordinal);
            string boundary = type[(type.IndexOf('=', StringComparison.Ordinal) + 1)..];
            var expected = new MemoryStream();
            foreach (var (first, last) in new[] { (0, 4), (100_000, 179_999), (199_997, 199_999) })
            {
                expected.Write(Encoding.ASCII.GetBytes($"\r\n--{boundary}\r\nContent-Type: image/png\r\nContent-Range: bytes {first}-{last}/200000\r\n\r\n"));
                expected.Write(content, first, last - first + 1);
            }
            expected.Write(Encoding.ASCII.GetBytes($"\r\n--{boundary}--\r\n"));
            Assert.True(expected.ToArray().AsSpan().SequenceEqual(response.Body));
        }
    }

    [Theory]
    [InlineData(OldText, 206)]
    [InlineData("Thu, 29 Feb 2024 12:30:44 GMT", 200)]
    [InlineData("Thu, 29 Feb 2024 12:30:46 GMT", 200)]
    [InlineData("TAG", 206)]
    [InlineData("W/TAG", 200)]
    [InlineData("\"x\"", 200)]
    [InlineData("junk", 200)]
    public async Task If_Range_holds_for_the_same_state_alone(string condition, int status)
    {
        await using var server = Serving(_files.Write("a.txt", Digits));
        using var client = await server.ConnectAsync();
        string tag = (await client.AskAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n"))["ETag"]!;
        var response = await client.AskAsync($"GET / HTTP/1.1\r\nHost: a\r\nRange: bytes=0-1\r\nIf-Range: {condition.Replace("TAG", tag, StringComparison.Ordinal)}\r\n\r\n");
        Assert.Equal((status, status == 206 ? "01" : Digits), (response.Status, response.Text));
    }

    [Theory]
    [InlineData("br;q=0, gzip", "gzip")]
    [InlineData("gzip", "gzip")]
    [InlineData("x-gzip", "gzip")]
    [InlineData("gzip, br", "br")]
    [InlineData("gzip;q=0.9, br;q=0.8", "gzip")]
    [InlineData("GZIP;Q=0.5", "gzip")]
    [InlineData("*", "br")]
    [InlineData("*;q=0", null)]
    [InlineData("br;q=0, *", "gzip")]
    [InlineData("identity, gzip;q=0.5", null)]
    [InlineData("deflate", null)]
    [InlineData("bro", null)]
    [InlineData("br;q=2", null)]
    [InlineData("br;level=1", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    public async Task The_sibling_that_the_client_likes_best_is_sent_and_Vary_always(string? accepted, string? coding)
    {
        _files.Write("x.js.br", "brotli!");
        _files.Write("x.js.gz", "gzip");
        await using var server = Serving(_files.Write("x.js", "plain"));
        string field = accepted is null ? "" : $"Accept-Encoding: {accepted}\r\n";
        var response = await server.AskAsync($"GET / HTTP/1.1\r\nHost: a\r\n{field}\r\n");
        Assert.Equal(coding, response["Content-Encoding"]);
        Assert.Equal(coding switch { "br" => "brotli!", "gzip" => "gzip", _ => "plain" }, response.Text);
        Assert.Equal("text/javascript", response["Content-Type"]);
        Assert.Equal("Accept-Encoding", response["Vary"]);
    }

    [Fact]
    public async Task Two_codings_of_one_time_and_length_have_two_tags_and_ranges_are_of_what_is_sent()
    {
        _files.Write("x.js.zst", "98765");
        await using var server = Serving(_files.Write("x.js", "12345"));
        using var client = await server.ConnectAsync();
        var plain = await client.AskAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        var encoded = await client.AskAsync("GET / HTTP/1.1\r\nHost: a\r\nAccept-Encoding: zstd\r\nRange: bytes=1-2\r\n\r\n");
        Assert.Equal(("87", "zstd"), (encoded.Text, encoded["Content-Encoding"]));
        Assert.NotEqual(plain["ETag"], encoded["ETag"]);
    }

    [Fact]
    public async Task A_sibling_that_is_a_link_or_no_file_is_not_there()
    {
        string secret = _files.Write("secret", "secret");
        File.CreateSymbolicLink(_files["x.js.br"], secret);
        Directory.CreateDirectory(_files["x.js.zst"]);
        File.CreateSymbolicLink(_files["x.js.gz"], _files["missing"]);
        await using var server = Serving(_files.Write("x.js", "plain"));
        var response = await server.AskAsync("GET / HTTP/1.1\r\nHost: a\r\nAccept-Encoding: br, zstd, gzip\r\n\r\n");
        Assert.Equal("plain", response.Text);
        Assert.Null(response["Content-Encoding"]);
    }

    [Fact]
    public async Task What_the_handler_has_set_stands()
    {
        string path = _files.Write("x.gz", "gzipped");
        _files.Write("x.gz.br", "again");
        await using var server = new RunningServer(Kind.InMemory,
        [
            Get("/", _ => new FileResponse(path)
            {
                ContentType = "image/x-mine",
                ETag = new ETag("mine"),
                LastModified = DateTimeOffset.UnixEpoch,
                CacheControl = "no-store",
                Headers = { ["Content-Encoding"] = "gzip" },
            }),
            Get("/plain", _ => new FileResponse(path) { Precompressed = false }),
            Get("/teapot", _ => new FileResponse(path, 418)),
        ]);
        var response = await server.AskAsync("GET / HTTP/1.1\r\nHost: a\r\nAccept-Encoding: br\r\n\r\n");
        Assert.Equal("gzipped", response.Text);
        Assert.Equal("image/x-mine", response["Content-Type"]);
        Assert.Equal("\"mine\"", response["ETag"]);
        Assert.Equal("Thu, 01 Jan 1970 00:00:00 GMT", response["Last-Modified"]);
        Assert.Equal("gzip", response["Content-Encoding"]);
        Assert.Null(response["Vary"]);
        Assert.Equal(304, (await server.AskAsync("GET / HTTP/1.1\r\nHost: a\r\nIf-None-Match: \"mine\"\r\n\r\n")).Status);
        var plain = await server.AskAsync("GET /plain HTTP/1.1\r\nHost: a\r\nAccept-Encoding: br\r\n\r\n");
        Assert.Equal("gzipped", plain.Text);
        Assert.Null(plain["Vary"]);
        var teapot = await server.AskAsync("GET /teapot HTTP/1.1\r\nHost: a\r\nIf-None-Match: *\r\nRange: bytes=0-1\r\n\r\n");
        Assert.Equal((418, "gzipped"), (teapot.Status, teapot.Text));
    }

    [Theory]
    [InlineData("/file", "If-None-Match: *", 304, "Reason|Accept-Ranges|Cache-Control|Content-Location|ETag|Expires|Last-Modified|Vary")]
    [InlineData("/file", "If-Match: \"x\"", 412, "Reason|Accept-Ranges|Cache-Control: no-store|ETag|Last-Modified|Vary")]
    [InlineData("/file", "Range: bytes=100-", 416, "Reason|Accept-Ranges|Cache-Control: no-store|Content-Range|ETag|Last-Modified|Vary")]
    [InlineData("/missing", "X: y", 404, "Reason|Cache-Control: no-store|Content-Type")]
    [InlineData("/file", "Range: bytes=0-1", 206, "Reason|Accept-Ranges|Cache-Control|Content-Disposition|Content-Encoding|Content-Language|Content-Location|Content-Range|Content-Type|ETag|Expires|Last-Modified|Vary")]
    public async Task Another_answer_than_the_file_says_of_it_what_is_still_true(string target, string field, int status, string expected)
    {
        _files.Write("file", Digits);
        _files.Write("file.gz", "gzipped");
        await using var server = new RunningServer(Kind.InMemory,
        [
            Get("/{name}", request => new FileResponse(_files[request.Match["name"]])
            {
                ContentType = "image/x-mine",
                Reason = "As the handler said",
                CacheControl = "public, max-age=600",
                ETag = new ETag("mine"),
                LastModified = DateTimeOffset.UnixEpoch,
                Headers =
                {
                    ["Content-Disposition"] = "attachment", ["Content-Language"] = "de", ["Content-Location"] = "/other", ["Expires"] = OldText,
                },
            }),
        ]);
        var response = await server.AskAsync($"GET {target} HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n{field}\r\n\r\n");
        Assert.Equal(status, response.Status);
        string[] told =
        [
            response.StatusLine.EndsWith("As the handler said", StringComparison.Ordinal) ? "not its own reason" : "Reason",
            .. response.Fields.Where(field => field.Key is not ("Date" or "Server" or "Content-Length")).Select(field => field.Value == "no-store" ? "Cache-Control: no-store" : field.Key).Order(StringComparer.Ordinal),
        ];
        Assert.Equal(expected, string.Join('|', told));
    }

    [Theory]
    [InlineData("GET", 200, true, true)]
    [InlineData("POST", 200, true, false)]
    [InlineData("GET", 404, false, false)]
    [InlineData("GET", 503, false, false)]
    public async Task An_error_page_has_no_tag_or_time_and_ranges_are_offered_where_they_are_given(string method, int status, bool hasTag, bool hasRanges)
    {
        string path = _files.Write("sorry.html", "sorry");
        await using var server = new RunningServer(Kind.InMemory, [Route("*", "/", _ => new FileResponse(path, status))]);
        var response = await server.AskAsync($"{method} / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
        Assert.Equal((status, "sorry"), (response.Status, response.Text));
        Assert.Equal((hasTag, hasTag, hasRanges), (response["ETag"] is not null, response["Last-Modified"] is not null, response["Accept-Ranges"] is not null));
    }

    [Fact]
    public async Task A_file_of_the_future_was_modified_when_it_was_asked_for()
    {
        string path = _files.Write("a.txt", Digits);
        File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddDays(3));
        await using var server = Serving(path);
        var response = await server.GetAsync("/");
        Assert.Equal(response["Date"], response["Last-Modified"]);
    }

    [Fact]
    public async Task A_file_answers_other_methods_whole()
    {
        string path = _files.Write("a.txt", Digits);
        await using var server = new RunningServer(Kind.InMemory, [Post("/", _ => new FileResponse(path))]);
        var response = await server.AskAsync("POST / HTTP/1.1\r\nHost: a\r\nIf-None-Match: *\r\nRange: bytes=0-1\r\nContent-Length: 0\r\n\r\n");
        Assert.Equal((200, Digits), (response.Status, response.Text));
    }

    [Theory]
    [InlineData("a.HTML", "text/html")]
    [InlineData("dir.js/a", "application/octet-stream")]
    [InlineData("a.b.woff2", "font/woff2")]
    [InlineData("a.svg", "image/svg+xml")]
    [InlineData("a.webp", "image/webp")]
    [InlineData("a.json", "application/json")]
    [InlineData("a.wasm", "application/wasm")]
    [InlineData("a.", "application/octet-stream")]
    public void The_type_follows_from_the_extension(string path, string type) => Assert.Equal(type, ContentTypes.Of(path).Text);

    [Fact]
    public void The_table_of_types_is_large() => Assert.True(ContentTypes.Count > 500);

    private static RunningServer Serving(string path, Kind kind = Kind.InMemory) => new(kind, [Get("/", _ => new FileResponse(path))]);

    private static List<string> Without(RawResponse response, string name) =>
        [.. response.Fields.Where(field => field.Key != name).Select(field => $"{field.Key}: {field.Value}")];
}
