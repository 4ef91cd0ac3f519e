using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace Millrace.Tests.Responses;

/// <summary>Which coding a client gets, and what the head says of it (rows 142 and 143; RFC 9110 section 12.5.3).</summary>
public sealed class CompressionTests
{
    private static readonly string Long = string.Concat(Enumerable.Range(0, 500).Select(i => $"line {i} of a text that is worth it\n"));

    [Theory]
    [InlineData("gzip", "gzip")]
    [InlineData("deflate, gzip", "gzip")]
    [InlineData("gzip, deflate, br", "br")]
    [InlineData("gzip;q=0", null)]
    [InlineData("gzip;q=0, deflate", "deflate")]
    [InlineData("gzip;q=1.0, br;q=0.5", "gzip")]
    [InlineData("br;q=0.001, gzip;q=0.002", "gzip")]
    [InlineData("*", "br")]
    [InlineData("*;q=0", null)]
    [InlineData("br;q=0, *", "gzip")]
    [InlineData("", null)]
    [InlineData(null, null)]
    [InlineData("identity;q=0", null)]
    [InlineData("identity;q=0, gzip", "gzip")]
    [InlineData("identity, gzip;q=0.5", null)]
    [InlineData("identity;q=0.5, gzip;q=0.5", "gzip")]
    [InlineData("xgzip", null)]
    [InlineData("gzipx, brr", null)]
    [InlineData("x-gzip", "gzip")]
    [InlineData("GZIP", "gzip")]
    [InlineData("gzip;q=nonsense", null)]
    [InlineData("gzip;q=2", null)]
    [InlineData("zstd", null)]
    [InlineData("gzip\r\nAccept-Encoding: br", "br")]
    public async Task Row_142_the_coding_is_negotiated_and_Vary_says_so(string? accepted, string? coding)
    {
        await using var server = Serving(() => Compressed(Response.Text(Long)));
        var response = await AskAsync(server, accepted);
        Assert.Equal((200, coding, "Accept-Encoding"), (response.Status, response["Content-Encoding"], response["Vary"]));
        Assert.Equal(response.Body.Length.ToString(CultureInfo.InvariantCulture), response["Content-Length"]);
        Assert.Equal(Long, Encoding.UTF8.GetString(Decode(coding, response.Body)));
        Assert.Equal(coding is null, response.Body.Length == Long.Length);
        Assert.Equal("text/plain; charset=utf-8", response["Content-Type"]);
    }

    [Theory]
    [InlineData("br")]
    [InlineData("gzip")]
    [InlineData("deflate")]
    public async Task HEAD_tells_what_GET_would(string coding)
    {
        await using var server = Serving(() => Compressed(Response.Text(Long)));
        using var client = await server.ConnectAsync();
        var get = await client.AskAsync($"GET / HTTP/1.1\r\nHost: a\r\nAccept-Encoding: {coding}\r\n\r\n");
        var head = await client.AskAsync($"HEAD / HTTP/1.1\r\nHost: a\r\nAccept-Encoding: {coding}\r\n\r\n");
        Assert.Equal(get.Fields, head.Fields);
        Assert.Empty(head.Body);
    }

    [Fact]
    public async Task Row_143_what_is_encoded_already_or_a_part_or_must_not_change_is_left_alone()
    {
        foreach (var (name, value) in new[] { ("Content-Encoding", "gzip"), ("Content-Range", "bytes 0-1/2"), ("Cache-Control", "public, No-Transform") })
        {
            await using var server = Serving(() =>
            {
                var response = Compressed(Response.Text(Long));
                response.Headers[name] = value;
                return response;
            });
            var response = await AskAsync(server, "gzip");
            Assert.Equal((Long, value, null), (response.Text, response[name], response["Vary"]));
        }
        foreach (int status in new[] { 204, 205, 206 })
        {
            await using var server = Serving(() => Compressed(Response.Text(Long, status)));
            var response = await AskAsync(server, "gzip");
            Assert.Equal((status, null, null), (response.Status, response["Content-Encoding"], response["Vary"]));
        }
    }

    [Fact]
    public async Task What_is_small_or_was_not_let_is_sent_as_it_is()
    {
        await using var small = Serving(() => Compressed(Response.Text(new string('x', 255))));
        Assert.Null((await AskAsync(small, "gzip"))["Content-Encoding"]);
        await using var enough = Serving(() => Compressed(Response.Text(new string('x', 256))));
        Assert.Equal("gzip", (await AskAsync(enough, "gzip"))["Content-Encoding"]);
        await using var plain = Serving(() => Response.Text(Long));
        Assert.Equal((null, null), await AskAsync(plain, "gzip") is var response ? (response["Content-Encoding"], response["Vary"]) : default);
    }

    [Fact]
    public async Task A_strong_tag_becomes_weak_and_Vary_is_said_once_also_in_a_304()
    {
        await using var server = new RunningServer(Kind.InMemory, [Get("/", request =>
        {
            var response = request.Query["s"] == "304" ? new Response(304) : Response.Text(Long);
            response.ETag = new ETag("x");
            response.Headers["Vary"] = "Cookie, accept-encoding";
            return Compressed(response);
        })]);
        using var client = await server.ConnectAsync();
        foreach (int status in new[] { 200, 304 })
        {
            var encoded = await client.AskAsync($"GET /?s={status} HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n");
            Assert.Equal((status, "W/\"x\"", "Cookie, accept-encoding", status == 200 ? "gzip" : null), (encoded.Status, encoded["ETag"], encoded["Vary"], encoded["Content-Encoding"]));
            var plain = await client.AskAsync($"GET /?s={status} HTTP/1.1\r\nHost: a\r\n\r\n");
            Assert.Equal((status, "\"x\""), (plain.Status, plain["ETag"]));
        }
    }

    [Fact]
    public async Task A_response_that_is_kept_serves_every_client_in_its_coding()
    {
        var kept = Compressed(Response.Text(Long));
        kept.SetCookie("a", "1");
        await using var server = Serving(() => kept);
        foreach (string? coding in new[] { "br", null, "gzip", "deflate", null })
        {
            var response = await AskAsync(server, coding);
            Assert.Equal((coding, Long, "a=1; Path=/"), (response["Content-Encoding"], Encoding.UTF8.GetString(Decode(coding, response.Body)), response["Set-Cookie"]));
        }
        Assert.Equal(["Content-Type", "Set-Cookie"], kept.Headers.Select(field => field.Key));
    }

    public static TheoryData<Kind, string, bool> Streams
    {
        get
        {
            var data = new TheoryData<Kind, string, bool>();
            foreach (var kind in new[] { Kind.InMemory, Kind.Epoll })
            {
                foreach (string coding in new[] { "br", "gzip", "deflate" })
                {
                    data.Add(kind, coding, true);
                    data.Add(kind, coding, false);
                }
            }
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Streams))]
    public async Task A_streamed_body_is_encoded_and_each_write_can_be_read_at_once(Kind kind, string coding, bool hasLength)
    {
        var read = new SemaphoreSlim(0);
        await using var server = new RunningServer(kind, [Get("/", async request =>
        {
            var response = new StreamResponse { ContentLength = hasLength ? 6 + 300 : null };
            response.EnableCompression();
            await response.PrepareAsync(request);
            await response.WriteAsync("first ");
            await read.WaitAsync();
            await response.WriteAsync(new string('x', 300));
            return response;
        })]);
        using var client = await server.ConnectAsync();
        await client.GetAsync("/", $"Accept-Encoding: {coding}\r\n");
        string head = await client.ReadHeadAsync();
        Assert.Contains($"Content-Encoding: {coding}\r\n", head, StringComparison.Ordinal);
        Assert.Contains("Vary: Accept-Encoding\r\n", head, StringComparison.Ordinal);
        Assert.DoesNotContain("Content-Length", head, StringComparison.Ordinal);
        byte[] chunk = await client.ReadChunkAsync();
        Assert.Equal("first ", Encoding.UTF8.GetString(DecodeSome(coding, chunk)));
        read.Release();
        var all = new List<byte>(chunk);
        while (await client.ReadChunkAsync() is { Length: > 0 } next)
            all.AddRange(next);
        Assert.Equal("first " + new string('x', 300), Encoding.UTF8.GetString(Decode(coding, [.. all])));
    }

    [Theory]
    [InlineData("br")]
    [InlineData("gzip")]
    [InlineData("deflate")]
    public async Task Streams_and_empty_streams_are_encoded_whole_and_HEAD_sends_none(string coding)
    {
        byte[] content = Patterns.Bytes(300_000);
        await using var server = new RunningServer(Kind.InMemory,
        [
            Get("/large", request => Let(Response.Stream(new MemoryStream(content)))),
            Get("/empty", request => Let(Response.Stream(new MemoryStream()))),
        ]);
        using var client = await server.ConnectAsync();
        for (int i = 0; i < 2; i++)
        {
            var large = await client.AskAsync($"GET /large HTTP/1.1\r\nHost: a\r\nAccept-Encoding: {coding}\r\n\r\n");
            Assert.Equal(content, Decode(coding, large.Body));
            var empty = await client.AskAsync($"GET /empty HTTP/1.1\r\nHost: a\r\nAccept-Encoding: {coding}\r\n\r\n");
            Assert.Empty(empty["Content-Encoding"] is null ? empty.Body : Decode(coding, empty.Body));
            var head = await client.AskAsync($"HEAD /large HTTP/1.1\r\nHost: a\r\nAccept-Encoding: {coding}\r\n\r\n");
            Assert.Equal((coding, null), (head["Content-Encoding"], head["Content-Length"]));
        }
    }

    [Fact]
    public void It_cannot_be_let_once_the_head_was_sent()
    {
        var fresh = new StreamResponse();
        fresh.EnableCompression(CompressionLevel.SmallestSize);
        Assert.False(fresh.IsPrepared);
    }

    [Theory]
    [InlineData(CompressionLevel.NoCompression)]
    [InlineData(CompressionLevel.Optimal)]
    [InlineData(CompressionLevel.SmallestSize)]
    public async Task Every_level_decodes(CompressionLevel level)
    {
        await using var server = Serving(() =>
        {
            var response = Response.Text(Long);
            response.EnableCompression(level);
            return response;
        });
        foreach (string coding in new[] { "br", "gzip", "deflate" })
            Assert.Equal(Long, Encoding.UTF8.GetString(Decode(coding, (await AskAsync(server, coding)).Body)));
    }

    private static RunningServer Serving(Func<Response> make) => new(Kind.InMemory, [Get("/", request => make())]);

    private static Response Compressed(Response response)
    {
        response.EnableCompression();
        return response;
    }

    private static StreamResponse Let(StreamResponse response)
    {
        response.EnableCompression();
        return response;
    }

    private static Task<RawResponse> AskAsync(RunningServer server, string? accepted) =>
        server.AskAsync($"GET / HTTP/1.1\r\nHost: a\r\n{(accepted is null ? "" : $"Accept-Encoding: {accepted}\r\n")}\r\n");

    private static byte[] Decode(string? coding, byte[] body)
    {
        if (coding is null)
            return body;
        using var decoder = Decoder(coding, body);
        var decoded = new MemoryStream();
        decoder.CopyTo(decoded);
        return decoded.ToArray();
    }

    /// <summary>What the bytes give that have come so far.</summary>
    private static byte[] DecodeSome(string coding, byte[] begun)
    {
        using var decoder = Decoder(coding, begun);
        var decoded = new byte[100];
        return decoded[..decoder.Read(decoded)];
    }

    private static Stream Decoder(string coding, byte[] body) => coding switch
    {
        "br" => new BrotliStream(new MemoryStream(body), CompressionMode.Decompress),
        "gzip" => new GZipStream(new MemoryStream(body), CompressionMode.Decompress),
        _ => new ZLibStream(new MemoryStream(body), CompressionMode.Decompress),
    };
}
