namespace Millrace.Tests.Connections;

/// <summary>Whether a connection goes on behind a response, and what the response says about it (RFC 9112 9.3, 9.6; rows 1, 38 to 40, 110).</summary>
public sealed class KeepAliveTests
{
    private static readonly Route[] Routes =
    [
        Get("/", request => Response.Text("fast")),
        Get("/slow", async request =>
        {
            await Task.Yield();
            return Response.Text("slow");
        }),
        Get("/large", request => Response.Text(new string('x', 100_000))),
    ];

    public static TheoryData<Kind, string, string, string?> KindsAndGoingOn
    {
        get
        {
            var data = new TheoryData<Kind, string, string, string?>();
            foreach (var kind in Kinds.All)
            {
                data.Add(kind, "1.1", "", null);
                data.Add(kind, "1.1", "Connection: keep-alive\r\n", null);
                data.Add(kind, "1.1", "Connection: x, y\r\n", null);
                data.Add(kind, "1.0", "Connection: keep-alive\r\n", "keep-alive");
                data.Add(kind, "1.0", "Connection: x, Keep-Alive\r\n", "keep-alive");
            }
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(KindsAndGoingOn))]
    public async Task A_connection_goes_on(Kind kind, string version, string field, string? answer)
    {
        await using var server = new RunningServer(kind, Routes);
        using var client = await server.ConnectAsync();
        foreach (string path in new[] { "/", "/slow", "/large", "/nowhere", "/" })
        {
            await client.SendAsync($"GET {path} HTTP/{version}\r\nHost: a\r\n{field}\r\n");
            Assert.Equal(answer, (await client.ReadAsync())["Connection"]);
        }
    }

    public static TheoryData<Kind, string, string, string> KindsAndEnds
    {
        get
        {
            var data = new TheoryData<Kind, string, string, string>();
            foreach (var kind in Kinds.All)
            {
                foreach (string path in new[] { "/", "/slow", "/large", "/nowhere" })
                {
                    data.Add(kind, path, "1.1", "Connection: close\r\n");
                    data.Add(kind, path, "1.0", "");
                }
                data.Add(kind, "/", "1.1", "Connection: CLOSE\r\n");
                data.Add(kind, "/", "1.1", "Connection: keep-alive, close\r\n");
                data.Add(kind, "/", "1.1", "Connection: x\r\nConnection: close\r\n");
                data.Add(kind, "/", "1.0", "Connection: keep-alive, close\r\n");
            }
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(KindsAndEnds))]
    public async Task A_connection_ends_behind_the_response_and_nothing_behind_it_is_read(Kind kind, string path, string version, string field)
    {
        await using var server = new RunningServer(kind, Routes);
        using var client = await server.ConnectAsync();
        // A whole request and garbage behind it: neither is looked at.
        await client.SendAsync($"GET {path} HTTP/{version}\r\nHost: a\r\n{field}\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n\0\0\0");
        var response = await client.ReadAsync();
        Assert.Equal(path == "/nowhere" ? 404 : 200, response.Status);
        Assert.True(response.Closes);
        await client.ExpectEndAsync();
    }

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task The_last_response_is_not_lost_although_the_client_goes_on_sending(Kind kind)
    {
        // RFC 9112 9.6: closing over unread bytes would reset the connection.
        await using var server = new RunningServer(kind, Routes);
        using var client = await server.ConnectAsync();
        await client.SendAsync("GET /large HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        var sending = Task.Run(async () =>
        {
            var garbage = new byte[64 * 1024];
            for (int i = 0; i < 20 && await client.TrySendAsync(garbage); i++)
            {
            }
        });
        Assert.Equal(100_000, (await client.ReadAsync()).Body.Length);
        await client.ExpectEndAsync();
        await sending;
    }

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task A_client_that_closes_between_requests_ends_the_connection(Kind kind)
    {
        await using var server = new RunningServer(kind, Routes);
        using (var client = await server.ConnectAsync())
        {
            await client.GetAsync("/");
            await client.ReadAsync();
            client.CompleteWrites();
            await client.ExpectEndAsync();
        }
        using (var client = await server.ConnectAsync())
        {
            await client.SendAsync("GET / HT");
            client.CompleteWrites();
            await client.ExpectEndAsync();
        }
        await server.ConnectionsEndedAsync();
    }
}
