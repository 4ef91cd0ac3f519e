using System.Text;

namespace Millrace.Tests.Responses;

/// <summary>Bodies of every size arrive as they were given, alone and many at a time.</summary>
public sealed class LargeBodyTests
{
    public static TheoryData<Kind, int> KindsAndSizes =>
        new MatrixTheoryData<Kind, int>([.. Kinds.All.Select(row => row.Data)], [1, 2047, 2048, 2049, 4096, 65_535, 65_536, 65_537, 1_000_000, 20_000_000]);

    [Theory]
    [MemberData(nameof(KindsAndSizes))]
    public async Task Bytes_and_text_of_any_size_arrive_intact(Kind kind, int size)
    {
        var bytes = Patterns.Bytes(size);
        string text = Patterns.Text(size / 2 + 10);
        await using var server = new RunningServer(kind, [Get("/bytes", request => Response.Bytes(bytes)), Get("/text", request => Response.Text(text))]);
        using var client = await server.ConnectAsync();
        await client.SendAsync("GET /bytes HTTP/1.1\r\nHost: a\r\n\r\nGET /text HTTP/1.1\r\nHost: a\r\n\r\nGET /bytes HTTP/1.1\r\nHost: a\r\n\r\n");
        AssertSame(bytes, (await client.ReadAsync()).Body);
        AssertSame(Encoding.UTF8.GetBytes(text), (await client.ReadAsync()).Body);
        AssertSame(bytes, (await client.ReadAsync()).Body);
    }

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task One_response_object_may_answer_many_requests_at_a_time(Kind kind)
    {
        var small = Response.Text("shared héllo");
        small.Headers["X-Shared"] = "yes";
        var large = Response.Bytes(Patterns.Bytes(200_000));
        await using var server = new RunningServer(kind, [Get("/small", request => small), Get("/large", request => large)]);
        await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(async () =>
        {
            using var client = await server.ConnectAsync();
            for (int i = 0; i < 50; i++)
            {
                await client.SendAsync("GET /small HTTP/1.1\r\nHost: a\r\n\r\nGET /large HTTP/1.1\r\nHost: a\r\n\r\n");
                var first = await client.ReadAsync();
                Assert.Equal(("shared héllo", "yes"), (first.Text, first["X-Shared"]));
                AssertSame(large.Body.ToArray(), (await client.ReadAsync()).Body);
            }
        }))).InTime();
    }

    [Fact]
    public async Task A_large_head_arrives_intact()
    {
        await using var server = new RunningServer(Kind.InMemory, [Get("/", request =>
        {
            var response = new Response();
            for (int i = 0; i < 200; i++)
                response.Headers[$"X-{i}"] = new string((char)('a' + i % 26), 300);
            return response;
        })]);
        using var client = await server.ConnectAsync();
        await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n");
        for (int n = 0; n < 2; n++)
        {
            var response = await client.ReadAsync();
            for (int i = 0; i < 200; i++)
                Assert.Equal(new string((char)('a' + i % 26), 300), response[$"X-{i}"]);
        }
    }

    private static void AssertSame(byte[] expected, byte[] actual) => Assert.True(expected.AsSpan().SequenceEqual(actual), $"{expected.Length} bytes were sent, {actual.Length} came");
}
