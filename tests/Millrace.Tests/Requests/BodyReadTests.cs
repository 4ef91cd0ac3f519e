using System.Globalization;
using System.Text;
using System.Text.Json.Serialization;

namespace Millrace.Tests.Requests;

/// <summary>The ways to read a body (aiohttp.md 1.5; rows 45 to 64, 83, 85).</summary>
public sealed partial class BodyReadTests
{
    [Fact]
    public async Task The_whole_body_is_the_same_at_each_call()
    {
        await using var server = Reading(async request =>
        {
            var first = await request.ReadAsync();
            var second = await request.ReadAsync();
            Assert.Equal(first, second);
            Assert.Equal("héllo", await request.TextAsync());
            Assert.True(request.Body.IsCompleted);
            return Encoding.UTF8.GetString(first.Span);
        });
        Assert.Equal("héllo", (await server.AskAsync(Post("héllo"))).Text);
    }

    [Fact]
    public async Task A_request_without_a_body_reads_as_empty()
    {
        await using var server = Reading(async request =>
        {
            Assert.True(request.Body.IsCompleted);
            Assert.Equal(0, request.Body.Length);
            Assert.Equal(0, await request.Body.ReadAsync(new byte[10]));
            Assert.Equal("", await request.TextAsync());
            return (await request.ReadAsync()).Length.ToString(CultureInfo.InvariantCulture);
        });
        Assert.Equal("0", (await server.AskAsync("POST / HTTP/1.1\r\nHost: a\r\n\r\n")).Text);
        Assert.Equal("0", (await server.AskAsync("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n")).Text);
    }

    [Theory]
    [InlineData(null, "h\u00C3\u00A9", 200, "hé")]
    [InlineData("text/plain", "h\u00C3\u00A9", 200, "hé")]
    [InlineData("text/plain; charset=utf-8", "h\u00C3\u00A9", 200, "hé")]
    [InlineData("text/plain; charset=\"UTF-8\"; x=y", "h\u00C3\u00A9", 200, "hé")]
    [InlineData("text/plain; charset=UTF8", "h\u00C3\u00A9", 200, "hé")]
    [InlineData("text/plain; charset=utf8", "h\u00E9", 415, "The body is not valid utf-8.")]
    [InlineData("text/plain; charset=iso-8859-1", "h\u00E9", 200, "hé")]
    [InlineData("text/plain;CHARSET=latin1", "h\u00E9", 200, "hé")]
    [InlineData("text/plain; charset=us-ascii", "he", 200, "he")]
    [InlineData("text/plain; charset=utf-16le", "h\0\u00E9\0", 200, "hé")]
    [InlineData("text/plain", "h\u00E9", 415, "The body is not valid utf-8.")]
    [InlineData("text/plain; charset=us-ascii", "h\u00E9", 415, "The body is not valid us-ascii.")]
    [InlineData("text/plain; charset=foo", "he", 415, "The charset of the body is not known here. Send UTF-8.")]
    [InlineData("text/plain; charset=utf-7", "he", 415, "The charset of the body is not known here. Send UTF-8.")]
    [InlineData("text/plain; charset=", "he", 415, "The charset of the body is not known here. Send UTF-8.")]
    public async Task Text_is_read_in_the_charset_of_the_content_type_or_refused_as_row_83_says(string? type, string body, int status, string expected)
    {
        await using var server = Reading(async request => await request.TextAsync());
        var response = await server.AskAsync($"POST / HTTP/1.1\r\nHost: a\r\n{(type is null ? "" : $"Content-Type: {type}\r\n")}Content-Length: {body.Length}\r\n\r\n{body}");
        Assert.Equal((status, expected), (response.Status, response.Text));
        Assert.False(response.Closes);
    }

    [Theory]
    [InlineData("{\"name\":\"é\",\"age\":3}", 200, "é 3")]
    [InlineData("null", 200, "null")]
    [InlineData("{\"name\":", 400, "The body is not the JSON expected here (line 1, byte 9).")]
    [InlineData("{\n\"age\":\"x\"}", 400, "The body is not the JSON expected here (line 2, byte 10).")]
    [InlineData("", 400, "The body is not the JSON expected here (line 1, byte 1).")]
    [InlineData("<x>", 400, "The body is not the JSON expected here (line 1, byte 1).")]
    public async Task Json_is_read_with_and_without_metadata_or_refused_as_row_85_says(string body, int status, string expected)
    {
        await using var reflecting = Reading(async request => Show(await request.JsonAsync<Person>()));
        await using var generated = Reading(async request => Show(await request.JsonAsync(PersonContext.Default.Person)));
        foreach (var server in new[] { reflecting, generated })
        {
            var response = await server.AskAsync(Post(body));
            Assert.Equal((status, expected), (response.Status, response.Text));
            Assert.False(response.Closes);
        }

        static string Show(Person? person) => person is null ? "null" : $"{person.Name} {person.Age}";
    }

    [Fact]
    public async Task A_body_is_a_stream_that_can_be_read_only_and_only_asynchronously()
    {
        await using var server = Reading(async request =>
        {
            var stream = request.Body.AsStream();
            Assert.True(stream.CanRead);
            Assert.False(stream.CanWrite || stream.CanSeek);
            Assert.Equal(11, stream.Length);
            Assert.Throws<NotSupportedException>(() => stream.Read(new byte[1], 0, 1));
            Assert.Throws<NotSupportedException>(() => stream.Write([1], 0, 1));
            Assert.Throws<NotSupportedException>(() => stream.Position);
            Assert.Throws<NotSupportedException>(() => stream.Seek(0, SeekOrigin.Begin));
            Assert.Throws<NotSupportedException>(() => stream.SetLength(1));
            var bytes = new byte[3];
#pragma warning disable CA1835 // The old overload is what is tested.
            Assert.Equal(3, await stream.ReadAsync(bytes, 0, 3));
#pragma warning restore CA1835
            using var reader = new StreamReader(stream);
            return Encoding.UTF8.GetString(bytes) + "|" + await reader.ReadToEndAsync();
        });
        Assert.Equal("hel|lo world", (await server.AskAsync(Post("hello world"))).Text);
    }

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task A_body_is_read_piece_by_piece_as_it_comes(Kind kind)
    {
        var pieces = System.Threading.Channels.Channel.CreateUnbounded<string>();
        await using var server = new RunningServer(kind, [Route("POST", "/", async request =>
        {
            var buffer = new byte[100];
            Assert.Equal(0, await request.Body.ReadAsync(Memory<byte>.Empty));
            while (await request.Body.ReadAsync(buffer) is > 0 and var n)
                await pieces.Writer.WriteAsync(Encoding.ASCII.GetString(buffer, 0, n));
            Assert.Equal(0, await request.Body.ReadAsync(buffer));
            return Response.Text("end");
        })]);
        foreach (string framing in new[] { "Content-Length: 9", "Transfer-Encoding: chunked" })
        {
            using var client = await server.ConnectAsync();
            await client.SendAsync($"POST / HTTP/1.1\r\nHost: a\r\n{framing}\r\n\r\n");
            foreach (string piece in new[] { "one", "two", "six" })
            {
                await client.SendAsync(framing[0] == 'C' ? piece : $"3\r\n{piece}\r\n");
                Assert.Equal(piece, await pieces.Reader.ReadAsync().AsTask().InTime());
            }
            await client.SendAsync(framing[0] == 'C' ? "" : "0\r\n\r\n");
            Assert.Equal("end", (await client.ReadAsync()).Text);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task A_large_body_arrives_whole_whatever_its_framing(Kind kind)
    {
        var content = Patterns.Bytes(3_000_001);
        await using var server = new RunningServer(kind, [Route("POST", "/", async request =>
        {
            // A small and a large buffer in turn: the large one is filled straight from the socket.
            var all = new MemoryStream();
            var buffer = new byte[70_000];
            for (int i = 0; await request.Body.ReadAsync(buffer.AsMemory(0, i % 2 == 0 ? 700 : buffer.Length)) is > 0 and var n; i++)
                all.Write(buffer, 0, n);
            return Response.Bytes(all.ToArray());
        })]);
        using var client = await server.ConnectAsync();
        var sending = Task.Run(async () =>
        {
            await client.SendAsync($"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {content.Length}\r\n\r\n");
            await client.SendAsync(content);
        });
        Assert.Equal(content, (await client.ReadAsync()).Body);
        await sending;
        sending = Task.Run(async () =>
        {
            await client.SendAsync("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
            for (int start = 0, size = 1; start < content.Length; start += size, size = Math.Min(size * 2 + 1, content.Length - start))
            {
                await client.SendAsync($"{size:x}\r\n");
                await client.SendAsync(content.AsMemory(start, size));
                await client.SendAsync("\r\n");
            }
            await client.SendAsync("0\r\n\r\n");
        });
        Assert.Equal(content, (await client.ReadAsync()).Body);
        await sending;
    }

    [Fact]
    public async Task The_head_stays_readable_while_the_body_takes_other_buffers()
    {
        static string Show(Request request) => $"{request.RawTarget} {request.Headers["X-Mark"]} {request.Headers.Count}";
        await using var server = new RunningServer(Kind.InMemory, async request =>
        {
            // Small reads go by way of the connection's buffer, which the head lies in.
            var buffer = new byte[100];
            while (await request.Body.ReadAsync(buffer) > 0)
            {
            }
            return Response.Text(Show(request));
        }, new ServerOptions { Loops = 1 });
        using var client = await server.ConnectAsync();
        using var other = await server.ConnectAsync();
        await client.SendAsync($"POST /mine HTTP/1.1\r\nHost: a\r\nX-Mark: mine\r\nContent-Length: 20000\r\n\r\n{new string('x', 3800)}");
        for (int left = 16_200; left > 0; left -= 1620)
        {
            // Whatever buffer was given back too early now holds this.
            await other.SendAsync($"GET /{new string('o', 300)} HTTP/1.1\r\nHost: a\r\n{string.Concat(Enumerable.Repeat("X-Mark: other\r\n", 20))}\r\n");
            Assert.EndsWith("o other 21", (await other.ReadAsync()).Text, StringComparison.Ordinal);
            await client.SendAsync(new string('x', 1620));
        }
        Assert.Equal("/mine mine 3", (await client.ReadAsync()).Text);
    }

    [Fact]
    public async Task Trailers_are_read_away_and_never_join_the_header_fields_as_row_61_says()
    {
        await using var server = Reading(async request => $"{await request.TextAsync()} {request.Headers.Contains("X-After")} {request.Body.Length is null}");
        using var client = await server.ConnectAsync();
        await client.SendAsync("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n0\r\nX-After: 1\r\n\r\n");
        Assert.Equal("abc False True", (await client.ReadAsync()).Text);
        await client.SendAsync(Post("next"));
        Assert.Equal("next False False", (await client.ReadAsync()).Text);
    }

    [Fact]
    public async Task A_body_behind_GET_and_HEAD_keeps_its_framing_as_rows_47_and_48_say()
    {
        await using var server = Reading(async request => await request.TextAsync());
        using var client = await server.ConnectAsync();
        await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabcHEAD / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nGET /" + Post("last"));
        Assert.Equal("abc", (await client.ReadAsync()).Text);
        Assert.Equal("5", (await client.ReadAsync(toHead: true))["Content-Length"]);
        Assert.Equal("last", (await client.ReadAsync()).Text);
    }

    private static RunningServer Reading(Func<Request, ValueTask<string>> read) =>
        new(Kind.InMemory, async request => Response.Text(await read(request)));

    private static string Post(string body) =>
        $"POST / HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(body))}";

    internal sealed record Person(string Name, int Age);

    [JsonSourceGenerationOptions(System.Text.Json.JsonSerializerDefaults.Web)]
    [JsonSerializable(typeof(Person))]
    internal sealed partial class PersonContext : JsonSerializerContext;
}
