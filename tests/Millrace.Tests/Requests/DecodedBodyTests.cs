using System.IO.Compression;
using System.Text;
using Millrace.Messages;

namespace Millrace.Tests.Requests;

/// <summary>Bodies with a Content-Encoding (RFC 9110 section 8.4), and what decoding may cost.</summary>
public sealed class DecodedBodyTests
{
    private static readonly string[] Codings = ["gzip", "deflate", "br"];

    private static readonly ServerOptions Decoding = new() { DecodeBodies = true };

    public static TheoryData<Kind, string> KindsAndCodings
    {
        get
        {
            var data = new TheoryData<Kind, string>();
            foreach (var kind in Kinds.All)
            {
                foreach (string coding in Codings)
                    data.Add(kind, coding);
            }
            return data;
        }
    }

    public static TheoryData<string> AllCodings => [.. Codings];

    [Theory]
    [MemberData(nameof(KindsAndCodings))]
    public async Task An_encoded_body_is_decoded_as_it_is_read(Kind kind, string coding)
    {
        var content = Patterns.Bytes(300_000);
        var encoded = Encode(coding, content);
        await using var server = new RunningServer(kind, [Post("/", async request =>
        {
            Assert.Null(request.Body.Length);
            var decoded = (await request.ReadAsync()).ToArray();
            Assert.True(request.Body.IsCompleted);
            return Response.Bytes(decoded);
        })], new ServerOptions { DecodeBodies = true, DecodedBodyRatioMax = 1000 });
        using var client = await server.ConnectAsync();
        await client.SendAsync(Sized(coding, encoded));
        Assert.Equal(content, (await client.ReadAsync()).Body);
        await client.SendAsync(Chunked(coding, encoded));
        Assert.Equal(content, (await client.ReadAsync()).Body);
    }

    [Theory]
    [InlineData("GZIP", "gzip")]
    [InlineData("x-gzip", "gzip")]
    [InlineData("Deflate", "deflate")]
    [InlineData("BR", "br")]
    public async Task The_names_of_codings_have_no_case(string name, string coding)
    {
        await using var server = Collecting();
        Assert.Equal("text", (await AskAsync(server, Sized(name, Encode(coding, "text"u8.ToArray())))).Text);
    }

    [Theory]
    [InlineData("identity", 200)]
    [InlineData("Identity", 200)]
    [InlineData("compress", 415)]
    [InlineData("zstd", 415)]
    [InlineData("gzip, br", 415)]
    [InlineData("gzip, gzip", 415)]
    [InlineData("bzip", 415)]
    public async Task A_coding_that_is_not_known_is_415_and_the_connection_goes_on(string coding, int status)
    {
        // RFC 9110 section 15.5.16.
        await using var server = Collecting();
        using var client = await server.ConnectAsync();
        for (int i = 0; i < 2; i++)
        {
            await client.SendAsync(Sized(coding, "text"u8.ToArray()));
            var response = await client.ReadAsync();
            Assert.Equal((status, false), (response.Status, response.Closes));
            Assert.Equal(status == 200, response.Text == "text");
            Assert.Equal(status == 200 ? null : "gzip, deflate, br", response["Accept-Encoding"]);
        }
    }

    [Fact]
    public async Task Without_the_option_a_body_is_given_as_it_came()
    {
        var encoded = Encode("gzip", "text"u8.ToArray());
        await using var server = new RunningServer(Kind.InMemory, [Post("/", async request => Response.Bytes((await request.ReadAsync()).ToArray()))]);
        Assert.Equal(encoded, (await AskAsync(server, Sized("gzip", encoded))).Body);
        Assert.Equal("text", (await AskAsync(server, Sized("zstd", "text"u8.ToArray()))).Text);
    }

    [Theory]
    [MemberData(nameof(AllCodings))]
    public async Task A_body_cut_off_anywhere_is_400(string coding)
    {
        var encoded = Encode(coding, "a text that takes some bytes, a text that takes some bytes"u8.ToArray());
        await using var server = Collecting();
        using var client = await server.ConnectAsync();
        for (int length = 1; length < encoded.Length; length++)
        {
            await client.SendAsync(Sized(coding, encoded[..length]));
            var response = await client.ReadAsync();
            Assert.True(response.Status == 400, $"The first {length} of {encoded.Length} bytes: {response.Status}.");
            Assert.False(response.Closes);
        }
    }

    [Theory]
    [MemberData(nameof(AllCodings))]
    public async Task A_body_that_is_not_in_its_coding_is_400(string coding)
    {
        var encoded = Encode(coding, Patterns.Bytes(20_000));
        byte[] middle = [.. encoded], behind = [.. encoded, .. new byte[20_000]];
        middle.AsSpan(encoded.Length / 2).Fill(0xFF);
        await using var server = Collecting();
        using var client = await server.ConnectAsync();
        foreach (byte[] body in new byte[][] { [.. "this is a text and nothing else"u8], middle, behind })
        {
            await client.SendAsync(Sized(coding, body));
            var response = await client.ReadAsync();
            Assert.Equal((400, "The body is not valid in its Content-Encoding."), (response.Status, response.Text));
        }
    }

    [Theory]
    [MemberData(nameof(AllCodings))]
    public async Task A_decoder_is_freed_when_the_read_that_is_in_it_has_left(string coding)
    {
        var content = Patterns.Bytes(20_000);
        var source = new EndingBody(Encode(coding, content));
        var body = (DecodedBody)DecodedBody.Over(source, coding, new DecodingLimits(long.MaxValue, int.MaxValue));
        source.OnRead = body.End;
        var piece = new byte[30_000];
        int n = await body.ReadAsync(piece);
        Assert.True(n > 0);
        Assert.Equal(content[..n], piece[..n]);
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await body.ReadAsync(piece));
    }

    [Theory]
    [MemberData(nameof(AllCodings))]
    public async Task Two_reads_at_once_are_the_handlers_fault_and_no_bad_body(string coding)
    {
        var waiting = new Gate();
        await using var server = new RunningServer(Kind.InMemory, [Post("/", async request =>
        {
            var first = request.Body.ReadAsync(new byte[10]).AsTask();
            var error = await Assert.ThrowsAsync<InvalidOperationException>(async () => await request.Body.ReadAsync(new byte[10]));
            waiting.Open();
            return Response.Text($"{await first} {error.Message}");
        })], Decoding);
        using var client = await server.ConnectAsync();
        byte[] body = Encode(coding, "text"u8.ToArray()), request = Sized(coding, body);
        await client.SendAsync(request.AsMemory(0, request.Length - body.Length));
        await waiting.PassAsync();
        await client.SendAsync(body);
        Assert.Equal("4 Another read of this body is under way: await each before the next.", (await client.ReadAsync()).Text);
    }

    [Fact]
    public async Task Several_members_of_gzip_are_one_body()
    {
        // RFC 1952 section 2.2.
        await using var server = Collecting();
        Assert.Equal("one two", (await AskAsync(server, Sized("gzip", [.. Encode("gzip", "one "u8.ToArray()), .. Encode("gzip", "two"u8.ToArray())]))).Text);
    }

    [Theory]
    [MemberData(nameof(KindsAndCodings))]
    public async Task A_bomb_is_413_by_its_ratio_long_before_it_is_decoded(Kind kind, string coding)
    {
        var bomb = Encode(coding, new byte[8 * 1024 * 1024]);
        long decoded = 0;
        await using var server = new RunningServer(kind, [Post("/", async request =>
        {
            await foreach (var piece in request.Body.ReadPiecesAsync())
                decoded += piece.Length;
            return Response.Text("all");
        })], Decoding);
        var response = await AskAsync(server, Sized(coding, bomb));
        Assert.Equal((413, "The body decodes to more than 100 times its size."), (response.Status, response.Text));
        Assert.True(decoded <= 100 * bomb.Length, $"{decoded} bytes of a body of {bomb.Length} bytes were given.");
    }

    [Fact]
    public async Task The_first_64_KiB_may_have_any_ratio()
    {
        await using var server = new RunningServer(Kind.InMemory, [Post("/", async request => Response.Text($"{(await request.ReadAsync()).Length}"))], new ServerOptions { DecodeBodies = true, DecodedBodyRatioMax = 1 });
        Assert.Equal("65536", (await AskAsync(server, Sized("gzip", Encode("gzip", new byte[65536])))).Text);
        Assert.Equal(413, (await AskAsync(server, Sized("gzip", Encode("gzip", new byte[65537])))).Status);
    }

    [Theory]
    [MemberData(nameof(AllCodings))]
    public async Task The_decoded_bytes_have_their_limit_however_they_are_read(string coding)
    {
        await using var server = new RunningServer(Kind.InMemory, [Post("/", async request =>
        {
            await request.Body.AsStream().CopyToAsync(Stream.Null);
            return Response.Text("all");
        })], new ServerOptions { DecodeBodies = true, DecodedBodyBytesMax = 1000 });
        Assert.Equal("all", (await AskAsync(server, Sized(coding, Encode(coding, Patterns.Bytes(1000))))).Text);
        Assert.Equal(413, (await AskAsync(server, Sized(coding, Encode(coding, Patterns.Bytes(1001))))).Status);
    }

    [Fact]
    public async Task What_is_collected_is_limited_by_its_decoded_size()
    {
        await using var server = new RunningServer(Kind.InMemory, [Post("/", async request => Response.Text(await request.TextAsync())).LimitBody(100)], Decoding);
        Assert.Equal(200, (await AskAsync(server, Sized("gzip", Encode("gzip", new byte[100])))).Status);
        Assert.Equal(413, (await AskAsync(server, Sized("gzip", Encode("gzip", new byte[101])))).Status);
    }

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task An_encoded_body_that_nobody_reads_is_thrown_away_undecoded(Kind kind)
    {
        // Neither a bomb nor an unknown coding nor damage matters then.
        await using var server = new RunningServer(kind, [Post("/", request => Response.Text("unread"))], Decoding);
        using var client = await server.ConnectAsync();
        foreach (byte[] request in new[] { Sized("gzip", Encode("gzip", new byte[1024 * 1024])), Sized("zstd", "text"u8.ToArray()), Chunked("br", "text"u8.ToArray()) })
        {
            await client.SendAsync(request);
            Assert.Equal("unread", (await client.ReadAsync()).Text);
        }
    }

    [Theory]
    [MemberData(nameof(AllCodings))]
    public async Task A_decoded_body_has_its_trailers(string coding)
    {
        await using var server = new RunningServer(Kind.InMemory, [Post("/", async request =>
        {
            string text = await request.TextAsync();
            return Response.Text($"{text} {Assert.Single(request.Body.Trailers).Value}");
        })], Decoding);
        Assert.Equal("text sum", (await AskAsync(server, Chunked(coding, Encode(coding, "text"u8.ToArray()), "Digest: sum\r\n"))).Text);
    }

    [Fact]
    public async Task A_malformed_chunk_in_an_encoded_body_is_400_and_ends_the_connection()
    {
        await using var server = Collecting();
        using var client = await server.ConnectAsync();
        var response = await client.AskAsync("POST / HTTP/1.1\r\nHost: a\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n");
        Assert.Equal((400, true), (response.Status, response.Closes));
        await client.ExpectEndAsync();
    }

    /// <summary>A body whose request ends while the decoder waits for it.</summary>
    private sealed class EndingBody(byte[] bytes) : RequestBody
    {
        private bool _read;

        public Action? OnRead { get; set; }

        public override long? Length => bytes.Length;

        private protected override bool IsReceived => _read;

        private protected override ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken)
        {
            OnRead!();
            if (_read)
                return new(0);
            _read = true;
            bytes.CopyTo(buffer);
            return new(bytes.Length);
        }
    }

    private static RunningServer Collecting() => new(Kind.InMemory, [Post("/", async request => Response.Text(await request.TextAsync()))], Decoding);

    private static async Task<RawResponse> AskAsync(RunningServer server, byte[] request)
    {
        using var client = await server.ConnectAsync();
        await client.SendAsync(request);
        return await client.ReadAsync();
    }

    private static byte[] Sized(string coding, byte[] body) =>
        [.. Encoding.ASCII.GetBytes($"POST / HTTP/1.1\r\nHost: a\r\nContent-Encoding: {coding}\r\nContent-Length: {body.Length}\r\n\r\n"), .. body];

    private static byte[] Chunked(string coding, byte[] body, string trailers = "") =>
        [
            .. Encoding.ASCII.GetBytes($"POST / HTTP/1.1\r\nHost: a\r\nContent-Encoding: {coding}\r\nTransfer-Encoding: chunked\r\n\r\n"),
            .. body.Chunk(7).SelectMany(piece => (byte[])[.. Encoding.ASCII.GetBytes($"{piece.Length:x}\r\n"), .. piece, .. "\r\n"u8]),
            .. Encoding.ASCII.GetBytes($"0\r\n{trailers}\r\n"),
        ];

    private static byte[] Encode(string coding, byte[] content)
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
        return encoded.ToArray();
    }
}
