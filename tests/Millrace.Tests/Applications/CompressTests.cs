using System.IO.Compression;
using System.Text;

namespace Millrace.Tests.Applications;

/// <summary>Compression around all of an application (Web.Compress).</summary>
public sealed class CompressTests
{
    private static readonly string Long = string.Concat(Enumerable.Range(0, 500).Select(i => $"line {i} of a text that is worth it\n"));

    [Theory]
    [InlineData("text/plain; charset=utf-8", true)]
    [InlineData("TEXT/HTML", true)]
    [InlineData("application/json", true)]
    [InlineData("application/problem+json;x=y", true)]
    [InlineData("image/svg+xml", true)]
    [InlineData("application/javascript", true)]
    [InlineData("application/wasm", true)]
    [InlineData("font/ttf", true)]
    [InlineData("text/event-stream", false)]
    [InlineData("image/png", false)]
    [InlineData("font/woff2", false)]
    [InlineData("application/octet-stream", false)]
    [InlineData("application/zip", false)]
    [InlineData("video/mp4", false)]
    [InlineData("texts/plain", false)]
    public async Task Types_that_become_smaller_are_encoded_and_no_others(string type, bool isEncoded)
    {
        await using var server = Serving(Get("/", request => Response.Text(Long, contentType: type)));
        var response = await AskAsync(server, "/");
        Assert.Equal((isEncoded ? "br" : null, isEncoded ? "Accept-Encoding" : null), (response["Content-Encoding"], response["Vary"]));
        Assert.Equal(Long, Decoded(response));
    }

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task All_that_an_application_answers_is_encoded(Kind kind)
    {
        await using var server = Serving(kind, new CompressionOptions(),
            Get("/text", request => Response.Text(Long)),
            Get("/task", async Task<Response> (request) => { await Task.Yield(); return Response.Text(Long); }),
            Get("/thrown", request => throw new HttpNotFoundException(Long)),
            Get("/stream", request => Response.Stream(new MemoryStream(Encoding.ASCII.GetBytes(Long)), contentType: "text/plain")),
            Get("/prepared", async request =>
            {
                var response = new StreamResponse { ContentType = "text/plain" };
                await response.PrepareAsync(request);
                await response.WriteAsync(Long);
                return response;
            }),
            Get("/clone", request => Response.Text(Long)));
        using var client = await server.ConnectAsync();
        foreach (string target in new[] { "/text", "/task", "/thrown", "/stream", "/prepared", "/clone" })
        {
            foreach (string coding in new[] { "br", "gzip", "deflate" })
            {
                var response = await client.AskAsync($"GET {target} HTTP/1.1\r\nHost: a\r\nAccept-Encoding: {coding}\r\n\r\n");
                Assert.Equal((target == "/thrown" ? 404 : 200, coding, "Accept-Encoding", Long), (response.Status, response["Content-Encoding"], response["Vary"], Decoded(response)));
                var head = await client.AskAsync($"HEAD {target} HTTP/1.1\r\nHost: a\r\nAccept-Encoding: {coding}\r\n\r\n");
                // A HEAD says nothing of chunks (RFC 9110 section 9.3.2 leaves framing out).
                Assert.Equal(response.Fields.Where(field => field.Key is not ("Transfer-Encoding" or "Date")), head.Fields.Where(field => field.Key != "Date"));
            }
            var plain = await client.AskAsync($"GET {target} HTTP/1.1\r\nHost: a\r\n\r\n");
            Assert.Equal((null, "Accept-Encoding", Long), (plain["Content-Encoding"], plain["Vary"], plain.Text));
        }
    }

    [Fact]
    public async Task What_is_small_a_part_encoded_already_or_not_to_be_changed_is_left_alone()
    {
        await using var server = Serving(
            Get("/small", request => Response.Text(new string('x', 255))),
            Get("/enough", request => Response.Text(new string('x', 256))),
            Get("/known", async request =>
            {
                var response = new StreamResponse { ContentType = "text/plain", ContentLength = 3 };
                await response.PrepareAsync(request);
                await response.WriteAsync("abc");
                return response;
            }),
            Get("/part", request => With(Response.Text(Long, 206), "Content-Range", "bytes 0-9/10")),
            Get("/encoded", request => With(Response.Text(Long), "Content-Encoding", "gzip")),
            Get("/fixed", request => With(Response.Text(Long), "Cache-Control", "no-transform")),
            Get("/secret", request =>
            {
                var response = Response.Text(Long);
                response.DisableCompression();
                return response;
            }));
        foreach (string target in new[] { "/small", "/known", "/part", "/fixed", "/secret" })
            Assert.Equal((null, null), await AskAsync(server, target) is var response ? (response["Content-Encoding"], response["Vary"]) : default);
        Assert.Equal(("gzip", Long), await AskAsync(server, "/encoded") is var once ? (once["Content-Encoding"], once.Text) : default);
        Assert.Equal("br", (await AskAsync(server, "/enough"))["Content-Encoding"]);
    }

    [Fact]
    public async Task What_is_sent_plain_says_Vary_once_and_keeps_its_strong_tag()
    {
        await using var server = Serving(
            Get("/own", request => With(Response.Text(new string('x', 5000)), "Vary", "Cookie")),
            Get("/same", request => With(Response.Text(Long[..1000]), "Vary", "accept-encoding")),
            Get("/tag", request => With(Response.Text(Long), "ETag", "\"x\"")));
        foreach (string accepted in new[] { "identity", "br" })
        {
            using var client = await server.ConnectAsync();
            async Task<RawResponse> GetAsync(string target) => await client.AskAsync($"GET {target} HTTP/1.1\r\nHost: a\r\nAccept-Encoding: {accepted}\r\n\r\n");
            Assert.Equal(["Cookie", "Accept-Encoding"], (await GetAsync("/own")).Fields.Where(field => field.Key == "Vary").Select(field => field.Value));
            Assert.Equal("accept-encoding", (await GetAsync("/same"))["Vary"]);
            Assert.Equal(accepted == "br" ? "W/\"x\"" : "\"x\"", (await GetAsync("/tag"))["ETag"]);
        }
    }

    [Fact]
    public async Task Files_are_encoded_unless_they_are_asked_for_in_parts_and_a_304_has_the_tag_of_its_200()
    {
        using var files = new TemporaryDirectory();
        files.Write("a.txt", Long);
        files.Write("b.txt", Long);
        files.Write("b.txt.br", "as it lies there");
        files.Write("c.png", Long);
        await using var server = Serving(Static("/", files.Root));
        using var client = await server.ConnectAsync();
        foreach (var (file, coding, isWeak) in new[] { ("a.txt", "br", true), ("b.txt", "br", false), ("c.png", null, false) })
        {
            var whole = await client.AskAsync($"GET /{file} HTTP/1.1\r\nHost: a\r\nAccept-Encoding: br\r\n\r\n");
            Assert.Equal((200, coding, isWeak), (whole.Status, whole["Content-Encoding"], whole["ETag"]!.StartsWith("W/", StringComparison.Ordinal)));
            Assert.Equal("Accept-Encoding", whole["Vary"]);
            Assert.Equal(isWeak ? null : "bytes", whole["Accept-Ranges"]);
            var again = await client.AskAsync($"GET /{file} HTTP/1.1\r\nHost: a\r\nAccept-Encoding: br\r\nIf-None-Match: {whole["ETag"]}\r\n\r\n");
            Assert.Equal((304, whole["ETag"], null), (again.Status, again["ETag"], again["Content-Encoding"]));
        }
        var part = await client.AskAsync("GET /a.txt HTTP/1.1\r\nHost: a\r\nAccept-Encoding: br\r\nRange: bytes=0-999\r\n\r\n");
        Assert.Equal((206, null, Long[..1000]), (part.Status, part["Content-Encoding"], part.Text));
        var missing = await client.AskAsync("GET /none.txt HTTP/1.1\r\nHost: a\r\nAccept-Encoding: br\r\n\r\n");
        Assert.Equal((404, null), (missing.Status, missing["Content-Encoding"]));
    }

    [Fact]
    public async Task Event_streams_are_left_alone_unless_they_are_named_and_then_each_event_leaves_at_once()
    {
        var read = new SemaphoreSlim(0);
        var route = Get("/", async request =>
        {
            var events = new EventStreamResponse();
            await events.PrepareAsync(request);
            await events.SendAsync("one");
            await read.WaitAsync();
            await events.SendAsync("two");
            return events;
        });
        await using (var server = Serving(route))
        {
            read.Release();
            Assert.Equal((null, "data: one\n\ndata: two\n\n"), await AskAsync(server, "/") is var plain ? (plain["Content-Encoding"], plain.Text) : default);
        }
        await using var named = Serving(Kind.InMemory, new CompressionOptions { ContentTypes = ["text/event-stream"] }, route);
        using var client = await named.ConnectAsync();
        await client.GetAsync("/", "Accept-Encoding: gzip\r\n");
        Assert.Contains("Content-Encoding: gzip\r\n", await client.ReadHeadAsync(), StringComparison.Ordinal);
        var all = new List<byte>();
        while (Some([.. all]) != "data: one\n\n")
            all.AddRange(await client.ReadChunkAsync());
        read.Release();
        while (await client.ReadChunkAsync() is { Length: > 0 } next)
            all.AddRange(next);
        Assert.Equal("data: one\n\ndata: two\n\n", Some([.. all]));
    }

    [Fact]
    public async Task It_stands_around_one_route_or_one_application_and_the_inner_one_counts()
    {
        var app = new Application();
        var sub = new Application { Middlewares = { Compress(new CompressionOptions { BodyBytesMin = 100_000 }) } };
        sub.AddRoutes(Get("/large", request => Response.Text(Long)), Get("/all", request => Response.Text(Long)).Use(Compress()));
        app.AddSubApplication("/sub", sub);
        app.AddRoutes(Get("/alone", request => Response.Text(Long)).Use(Compress()), Get("/none", request => Response.Text(Long)));
        await using var server = new RunningServer(Kind.InMemory, app);
        foreach (var (target, coding) in new[] { ("/sub/large", null), ("/sub/all", "br"), ("/alone", "br"), ("/none", null) })
            Assert.Equal(coding, (await AskAsync(server, target))["Content-Encoding"]);
    }

    [Fact]
    public async Task Other_middlewares_see_the_body_as_it_was_and_its_level_is_theirs_to_choose()
    {
        int? seen = null;
        var app = new Application
        {
            Middlewares =
            {
                async (request, next) =>
                {
                    var response = await next(request);
                    seen = ((Response)response).Body.Length;
                    return response;
                },
                Compress(new CompressionOptions { Level = CompressionLevel.SmallestSize, BodyBytesMin = 0 }),
            },
        };
        app.AddRoutes(Get("/", request => Response.Text(Long)));
        await using var server = new RunningServer(Kind.InMemory, app);
        var response = await AskAsync(server, "/");
        Assert.Equal((Long.Length, Long), (seen, Decoded(response)));
        await using var fast = Serving(Get("/", request => Response.Text(Long)));
        Assert.True((await AskAsync(fast, "/")).Body.Length > response.Body.Length);
    }

    [Fact]
    public void What_makes_no_sense_throws_at_once()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new CompressionOptions { BodyBytesMin = -1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new CompressionOptions { Level = (CompressionLevel)9 });
        Assert.Throws<ArgumentOutOfRangeException>(() => Response.Text("").EnableCompression((CompressionLevel)9));
        foreach (string type in new[] { "", "text", "text/", "/html", "*/*", "text/ht ml", "*+", "text/html; charset=utf-8" })
            Assert.StartsWith($"'{type}' is no type", Assert.Throws<ArgumentException>(() => new CompressionOptions { ContentTypes = [type] }).Message, StringComparison.Ordinal);
    }

    private static RunningServer Serving(params Route[] routes) => Serving(Kind.InMemory, new CompressionOptions(), routes);

    private static RunningServer Serving(Kind kind, CompressionOptions options, params Route[] routes)
    {
        var app = new Application { Middlewares = { Compress(options) } };
        app.AddRoutes(routes);
        return new RunningServer(kind, app);
    }

    private static Response With(Response response, string name, string value)
    {
        response.Headers[name] = value;
        return response;
    }

    private static Task<RawResponse> AskAsync(RunningServer server, string target) => server.AskAsync($"GET {target} HTTP/1.1\r\nHost: a\r\nAccept-Encoding: br\r\n\r\n");

    private static string Decoded(RawResponse response)
    {
        using Stream decoder = response["Content-Encoding"] switch
        {
            "br" => new BrotliStream(new MemoryStream(response.Body), CompressionMode.Decompress),
            "gzip" => new GZipStream(new MemoryStream(response.Body), CompressionMode.Decompress),
            "deflate" => new ZLibStream(new MemoryStream(response.Body), CompressionMode.Decompress),
            _ => new MemoryStream(response.Body),
        };
        using var reader = new StreamReader(decoder);
        return reader.ReadToEnd();
    }

    /// <summary>What the bytes give that have come so far.</summary>
    private static string Some(byte[] begun)
    {
        using var decoder = new GZipStream(new MemoryStream(begun), CompressionMode.Decompress);
        var decoded = new byte[1000];
        return begun.Length == 0 ? "" : Encoding.UTF8.GetString(decoded, 0, decoder.ReadAtLeast(decoded, decoded.Length, throwOnEndOfStream: false));
    }
}
