using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Millrace.Tests.Responses;

/// <summary>JSON is written once, into memory of a pool, from where it is sent.</summary>
public sealed partial class JsonBodyTests
{
    private static readonly Line[] Small = [new(1, "ä")];
    private static readonly Line[] Large = [.. Enumerable.Range(0, 400).Select(i => new Line(i, $"name {i} <&> ü"))];

    public static TheoryData<Kind, bool> Sizes
    {
        get
        {
            var data = new TheoryData<Kind, bool>();
            foreach (var kind in Kinds.All)
            {
                data.Add(kind.Data, false);
                data.Add(kind.Data, true);
            }
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public async Task Each_response_has_its_own_bytes_with_their_length(Kind kind, bool isLarge)
    {
        await using var server = new RunningServer(kind,
        [
            Get("/{n}", request => Response.Json(Lines(isLarge, request.Match["n"]), Context.Default.LineArray)),
            Get("/reflected/{n}", request => Response.Json(Lines(isLarge, request.Match["n"]))),
            Get("/prepared/{n}", async request =>
            {
                var response = Response.Json(Lines(isLarge, request.Match["n"]), Context.Default.LineArray);
                await response.PrepareAsync(request);
                return response;
            }),
        ]);
        using var client = await server.ConnectAsync();
        foreach (string route in new[] { "/", "/reflected/", "/prepared/" })
        {
            for (int i = 0; i < 3; i++)
                await client.GetAsync($"{route}{i}");
            for (int i = 0; i < 3; i++)
            {
                var response = await client.ReadAsync();
                byte[] expected = route == "/reflected/"
                    ? JsonSerializer.SerializeToUtf8Bytes(Lines(isLarge, $"{i}"), JsonSerializerOptions.Web)
                    : JsonSerializer.SerializeToUtf8Bytes(Lines(isLarge, $"{i}"), Context.Default.LineArray);
                Assert.Equal((200, "application/json; charset=utf-8", expected.Length.ToString(System.Globalization.CultureInfo.InvariantCulture)), (response.Status, response["Content-Type"], response["Content-Length"]));
                Assert.Equal(expected, response.Body);
            }
            var head = await client.AskAsync($"HEAD {route}1 HTTP/1.1\r\nHost: a\r\n\r\n");
            Assert.Equal(JsonSerializer.SerializeToUtf8Bytes(Lines(isLarge, "1"), route == "/reflected/" ? JsonSerializerOptions.Web : Context.Default.Options).Length.ToString(System.Globalization.CultureInfo.InvariantCulture), head["Content-Length"]);
        }
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task A_response_that_is_kept_is_sent_as_often_as_one_likes_also_at_once_and_encoded(bool isLarge, bool isEncoded)
    {
        var kept = Response.Json(isLarge ? Large : Small, Context.Default.LineArray);
        if (isEncoded)
            kept.EnableCompression();
        byte[] expected = JsonSerializer.SerializeToUtf8Bytes(isLarge ? Large : Small, Context.Default.LineArray);
        await using var server = new RunningServer(Kind.Epoll, [Get("/", request => kept), Get("/other", request => Response.Json(Lines(isLarge, "other"), Context.Default.LineArray))]);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            using var client = await server.ConnectAsync();
            for (int i = 0; i < 50; i++)
            {
                var response = await client.AskAsync($"GET / HTTP/1.1\r\nHost: a\r\n{(i % 2 == 0 ? "" : "Accept-Encoding: gzip\r\n")}\r\n");
                if (response["Content-Encoding"] is null)
                    Assert.Equal(expected, response.Body);
                Assert.Equal(isLarge && isEncoded && i % 2 == 1, response["Content-Encoding"] is not null);
                await client.AskForAsync("/other");
            }
        }));
        Assert.Equal(expected, kept.Body.ToArray());
    }

    [Fact]
    public async Task A_body_that_somebody_looked_at_is_no_longer_the_pools()
    {
        var seen = new List<ReadOnlyMemory<byte>>();
        var app = new Application
        {
            Middlewares =
            {
                async (request, next) =>
                {
                    var response = await next(request);
                    seen.Add(((Response)response).Body);
                    return response;
                },
            },
        };
        app.OnResponsePrepare.Add((_, response) => seen.Add(((Response)response).Body));
        app.AddRoutes(Get("/{n}", request => Response.Json(Lines(true, request.Match["n"]), Context.Default.LineArray)));
        await using var server = new RunningServer(Kind.InMemory, app);
        using var client = await server.ConnectAsync();
        for (int i = 0; i < 5; i++)
            await client.AskForAsync($"/{i}");
        for (int i = 0; i < 5; i++)
        {
            byte[] expected = JsonSerializer.SerializeToUtf8Bytes(Lines(true, $"{i}"), Context.Default.LineArray);
            Assert.Equal(expected, seen[2 * i].ToArray());
            Assert.Equal(expected, seen[2 * i + 1].ToArray());
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Its_memory_is_the_next_ones_when_it_was_sent_unless_somebody_looked(bool looks)
    {
        // The pool and the writer know by then what is asked for.
        for (int i = 0; i < 3; i++)
            Memory(looks: false, out _);
        byte[] sent = Memory(looks, out var response);
        byte[] next = Memory(looks: false, out _);
        Assert.Equal(!looks, ReferenceEquals(sent, next));
        Assert.Equal(!looks, response.IsSpent);
        Assert.Equal(JsonSerializer.SerializeToUtf8Bytes(Large, Context.Default.LineArray), response.Body.ToArray());

        static byte[] Memory(bool looks, out Response response)
        {
            response = Response.Json(Large, Context.Default.LineArray);
            if (looks)
                _ = response.Body;
            Assert.True(response.TryBorrowBody(out var body));
            response.ReturnBody();
            return MemoryMarshal.TryGetArray(body, out var segment) ? segment.Array! : [];
        }
    }

    [Fact]
    public async Task What_cannot_be_serialised_is_a_500_and_nothing_of_it_is_sent_also_the_second_time()
    {
        var kept = new Fragile();
        Response? response = null;
        await using var server = new RunningServer(Kind.InMemory,
        [
            Get("/", request => Response.Json(new Fragile { Breaks = true }, Context.Default.Fragile)),
            Get("/kept", request => response ??= Response.Json(kept, Context.Default.Fragile)),
        ]);
        using var client = await server.ConnectAsync();
        var failed = await client.AskForAsync("/");
        Assert.Equal((500, false), (failed.Status, failed.Text.Contains("before", StringComparison.Ordinal)));
        Assert.Equal("""{"Before":"before","Value":"fine"}""", (await client.AskForAsync("/kept")).Text);
        kept.Breaks = true;
        Assert.Equal(500, (await client.AskForAsync("/kept")).Status);
        Assert.Equal(2, server.Log.Complaints.Count);
        server.Log.TakeAll();
    }

    [Fact]
    public void The_options_of_the_metadata_hold()
    {
        var indented = new Context(new JsonSerializerOptions { WriteIndented = true, IndentSize = 3, NewLine = "\n", Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        Assert.Equal("[\n   {\n      \"Id\": 1,\n      \"Name\": \"ä\"\n   }\n]", Encoding.UTF8.GetString(Response.Json(Small, indented.LineArray).Body.Span));
        Assert.Equal("[{\"Id\":1,\"Name\":\"\\u00E4\"}]", Encoding.UTF8.GetString(Response.Json(Small, Context.Default.LineArray).Body.Span));
        Assert.Equal("{\"id\":1,\"name\":\"\\u00E4\"}", Encoding.UTF8.GetString(Response.Json<object>(Small[0]).Body.Span));
        Assert.Equal("{\"Id\":1,\"Name\":\"\\u00E4\"}", Encoding.UTF8.GetString(Response.Json(Small[0], new JsonSerializerOptions()).Body.Span));
        Assert.Equal("null", Encoding.UTF8.GetString(Response.Json(null!, Context.Default.LineArray).Body.Span));
    }

    [Fact]
    public void A_converter_may_make_a_response_of_its_own()
    {
        var options = new JsonSerializerOptions { Converters = { new Nesting() } };
        Assert.Equal("""{"Inner":"[{\u0022Id\u0022:1,\u0022Name\u0022:\u0022\\u00E4\u0022}]"}""", Encoding.UTF8.GetString(Response.Json(new Nested(new Nest()), options).Body.Span));
    }

    [Fact]
    public async Task A_large_body_allocates_no_more_than_a_small_one()
    {
        const int Requests = 2000;
        var allocated = new List<long>();
        await using var server = new RunningServer(Kind.InMemory,
        [
            Get("/small", request => Response.Json(Small, Context.Default.LineArray)),
            Get("/large", request => Response.Json(Large, Context.Default.LineArray)),
        ]);
        using var client = await server.ConnectAsync();
        var buffer = new byte[64 * 1024];
        foreach (string path in new[] { "/small", "/large" })
        {
            byte[] request = Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n");
            async Task AskAsync(int count)
            {
                for (int i = 0; i < count; i++)
                {
                    await client.InMemory.WriteAsync(request);
                    Assert.True(client.InMemory.ReadAvailable(buffer) > 0);
                }
            }
            await AskAsync(500);
            // Everything runs inside the client's write, on this thread.
            long before = GC.GetAllocatedBytesForCurrentThread();
            await AskAsync(Requests);
            allocated.Add((GC.GetAllocatedBytesForCurrentThread() - before) / Requests);
        }
        Assert.InRange(allocated[0], 1, 480);
        // Its 15 KB are nowhere among them. Builds for debugging make objects of the states of async methods.
        Assert.InRange(allocated[1], 1, allocated[0] + 400);
    }

    private static Line[] Lines(bool isLarge, string name) => [.. (isLarge ? Large : Small).Select(line => line with { Name = name })];

    public sealed record Line(int Id, string Name);

    public sealed class Fragile
    {
        [JsonIgnore]
        public bool Breaks { get; set; }

        public string Before { get; } = "before";

        public string Value => Breaks ? throw new NotSupportedException("broken") : "fine";
    }

    public sealed record Nested(Nest Inner);

    public sealed class Nest;

    private sealed class Nesting : JsonConverter<Nest>
    {
        public override Nest Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => new();

        public override void Write(Utf8JsonWriter writer, Nest value, JsonSerializerOptions options) =>
            writer.WriteStringValue(Response.Json(Small, Context.Default.LineArray).Body.Span);
    }

    [JsonSerializable(typeof(Line[]))]
    [JsonSerializable(typeof(Fragile))]
    private sealed partial class Context : JsonSerializerContext;
}
