using Microsoft.Extensions.Logging;

namespace Millrace.Tests.Faults;

/// <summary>How a request that breaks the protocol is refused: a status, a fixed text, the connection closed, and no word of it in the log of errors (RFC 9110 15.5, 9112 2.2).</summary>
public sealed class RefusalTests
{
    public static TheoryData<Kind, string, int, string> KindsAndFaults
    {
        get
        {
            var data = new TheoryData<Kind, string, int, string>();
            foreach (var kind in Kinds.All)
            {
                data.Add(kind, "GET / HTTP/1.1\nHost: a\n\n", 400, "row 3");
                data.Add(kind, "GET <script> HTTP/1.1\r\nHost: a\r\n\r\n", 400, "row 19");
                data.Add(kind, "GET / HTTP/1.1\r\n\r\n", 400, "RFC 9112 3.2");
                data.Add(kind, "GET / HTTP/1.1\r\nHost: a\r\nX : y\r\n\r\n", 400, "RFC 9112 5.1");
                data.Add(kind, "GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505, "row 8");
                data.Add(kind, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n", 400, "row 49");
                data.Add(kind, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 501, "row 52");
                data.Add(kind, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nExpect: tea\r\n\r\n", 417, "row 70");
                data.Add(kind, $"GET /{new string('x', 8200)} HTTP/1.1\r\nHost: a\r\n\r\n", 414, "row 14");
                data.Add(kind, $"GET / HTTP/1.1\r\nHost: a\r\nX: {new string('x', 17_000)}\r\n\r\n", 431, "RFC 6585 5");
                data.Add(kind, "\u0016\u0003\u0001\u0002\0\u0001\0", 400, "row 13");
                data.Add(kind, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505, "row 11");
            }
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(KindsAndFaults))]
    public async Task A_malformed_request_is_refused_with_its_status_and_the_server_serves_on(Kind kind, string bytes, int status, string rule)
    {
        await using var server = new RunningServer(kind, [Get("/", request => Response.Text("ok"))]);
        using var other = await server.ConnectAsync();
        using var client = await server.ConnectAsync();
        await client.SendAsync(bytes);
        var response = await client.ReadAsync();
        Assert.True(status == response.Status, $"{rule}: {response.Head}");
        Assert.True(response.Closes);
        Assert.Equal("text/plain; charset=utf-8", response["Content-Type"]);
        Assert.Equal("Millrace", response["Server"]);
        Assert.NotNull(response["Date"]);
        Assert.NotEmpty(response.Text);
        Assert.DoesNotContain("<script>", response.Text, StringComparison.Ordinal);
        await client.ExpectEndAsync();

        Assert.All(server.Log.Lines, line => Assert.True(line.Level <= LogLevel.Debug, line.Text));
        Assert.Single(server.Log.Lines, line => line.Text.StartsWith("A request was refused: ", StringComparison.Ordinal));
        await other.GetAsync("/");
        Assert.Equal("ok", (await other.ReadAsync()).Text);
        Assert.Equal("ok", (await server.GetAsync("/")).Text);
    }

    [Fact]
    public async Task The_limits_of_the_head_are_those_of_the_options()
    {
        var options = new ServerOptions { RequestLineBytesMax = 100, FieldBytesMax = 200, FieldCountMax = 3, HeadBytesMax = 400 };
        await using var server = new RunningServer(Kind.InMemory, request => ValueTask.FromResult<StreamResponse>(new Response()), options: options);
        // Lengths with their line ends.
        foreach (var (line, fields, status) in new (int, int[], int)[]
        {
            (100, [], 200), (101, [], 414), (20, [200], 200), (20, [201], 431), (20, [10, 10], 200), (20, [10, 10, 10], 431), (20, [190, 190], 431),
        })
        {
            string head = $"GET /{new string('x', line - 16)} HTTP/1.1\r\nHost: a\r\n{string.Concat(fields.Select(length => $"X: {new string('y', length - 5)}\r\n"))}\r\n";
            Assert.True(status == (await server.AskAsync(head)).Status, $"{line}, {string.Join(" ", fields)}: not {status}");
        }
    }

    [Fact]
    public void Options_that_make_no_sense_are_refused_when_they_are_set()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new ServerOptions { KeepAliveTimeout = TimeSpan.Zero });
        Assert.Throws<ArgumentOutOfRangeException>(() => new ServerOptions { HeadTimeout = TimeSpan.FromSeconds(-2) });
        Assert.Throws<ArgumentOutOfRangeException>(() => new ServerOptions { BodyBytesMax = -1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new ServerOptions { RequestLineBytesMax = 15 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new ServerOptions { FieldBytesMax = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new ServerOptions { FieldCountMax = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new ServerOptions { HeadBytesMax = 63 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new ServerOptions { Loops = -1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new RunOptions { Port = 65_536 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new RunOptions { Backlog = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new RunOptions { ShutdownTimeout = TimeSpan.FromSeconds(-1) });
    }
}
