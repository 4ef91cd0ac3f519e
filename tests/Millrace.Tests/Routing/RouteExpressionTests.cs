namespace Millrace.Tests.Routing;

/// <summary>Parameters with expressions, several in a segment, and what matches the rest of a path (rows 148, 149, 151).</summary>
public sealed class RouteExpressionTests
{
    public static TheoryData<string, string, string?> Cases => new()
    {
        // Row 148: the digits of other scripts are none.
        { @"/{id:\d+}", "/12", "12" },
        { @"/{id:\d+}", "/1a", null },
        { @"/{id:\d+}", "/%EF%BC%91%EF%BC%92", null },
        { @"/{id:[\d-]+}", "/1-2", "1-2" },
        { @"/{id:[\d-]+}", "/%D9%A1", null },
        { @"/{id:\D+}", "/%D9%A1", "\u0661" },
        // Row 149.
        { @"/{id:\d+}", "/12%0A", null },
        { @"/{id:\d+$}", "/12%0A", null },
        { @"/{id:\d+}", "/%0A12", null },
        // Row 151: what aiohttp's test_add_route_with_re does.
        { "/{a}-{b}", "/x-y", "x|y" },
        { "/{a}-{b}", "/x-y-z", "x-y|z" },
        { "/{a}-{b}", "/x-", null },
        { "/{a}-{b}", "/-y", null },
        { "/{a}-{b}", "/%2D%2D-", "-|-" },
        { "/{a}-{b}", "/--", null },
        { "/{a}-{b}", "/a%20b-%D0%B9", "a b|й" },
        { "/{a}-{b}", "/a%2Fb-%25", "a/b|%" },
        { "/{a}{b}", "/xyz", "xy|z" },
        { "/v{n}.json", "/v12.json", "12" },
        { "/v{n}.json", "/v.json", null },
        { "/v{n}.json", "/v1.jsonx", null },
        { "/v{n}v", "/vv", null },
        { "/v{n}v", "/vvv", "v" },
        { "/{a}.{b}.{c}", "/1.2.3.4", "1.2|3|4" },
        { @"/{year:\d{4}}-{month:\d{2}}", "/2026-11", "2026|11" },
        { @"/{year:\d{4}}-{month:\d{2}}", "/2026-1", null },
        { @"/{year:\d{4}}/{rest}", "/2026/x", "2026|x" },
        { "/{lang:en|de}/x", "/de/x", "de" },
        { "/{lang:en|de}/x", "/fr/x", null },
        { "/{lang:en|de}/x", "/enx/x", null },
        // Over slashes.
        { "/{t:.*}", "/", "" },
        { "/{t:.*}", "/a/b//c", "a/b//c" },
        { "/{t...}", "/a/b%2Fc/", "a/b/c/" },
        { "/{t...}", "/a%0Ab", "a\nb" },
        { "/f/{t...}", "/f", null },
        { "/f/{t...}", "/f/", "" },
        { "/f/{t:.+}", "/f/", null },
        { "/f/{t:.+}", "/f/a/b", "a/b" },
        { "/f/{t:.+}/edit", "/f/a/b/edit", "a/b" },
        { "/f/{t:.+}/edit", "/f/edit", null },
        { "/f/{t:.+}/{n}", "/f/a/b/c", "a/b|c" },
        { "/f/{t:[a-z/]+}.txt", "/f/a/b.txt", "a/b" },
        { "/f/{t:[^/]+}", "/f/a/b", null },
        { "/f/{t:[^/]+}", "/f/a", "a" },
        { "/f/{t:[!-~]+}", "/f/a/b", "a/b" },
        { "/f/{t:a.b}", "/f/a/b", "a/b" },
        { @"/f/{t:\S+}", "/f/a/b", "a/b" },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task An_expression_matches_whole_or_not_at_all(string pattern, string target, string? expected)
    {
        await using var server = new RunningServer(Kind.InMemory, [Get(pattern, Values)]);
        var response = await server.GetAsync(target);
        Assert.Equal(expected is null ? (404, "404: Not Found") : (200, expected), (response.Status, response.Text));
    }

    [Theory]
    [InlineData("/x/y", "/x/y")]
    [InlineData("/x/12", @"/x/{id:\d+}")]
    [InlineData("/x/a-b", "/x/{a}-{b}")]
    [InlineData("/x/page-b", "/x/page-{b}")]
    [InlineData("/x/z", "/x/{z}")]
    [InlineData("/x/z.md/edit", "/x/{p:.+}/edit")]
    [InlineData("/x/1/2", "/x/{rest...}")]
    [InlineData("/x/", "/x/{rest...}")]
    [InlineData("/q", "/{all...}")]
    public async Task The_most_specific_wins_whatever_the_order_as_row_150_says(string target, string expected)
    {
        string[] patterns = ["/x/{rest...}", "/x/{p:.+}/edit", "/x/{z}", "/x/{a}-{b}", "/x/page-{b}", @"/x/{id:\d+}", "/x/y", "/{all...}"];
        foreach (var order in new[] { patterns, [.. patterns.Reverse()] })
        {
            await using var server = new RunningServer(Kind.InMemory, order.Select(pattern => Get(pattern, request => Response.Text(pattern))));
            Assert.Equal(expected, (await server.GetAsync(target)).Text);
        }
    }

    [Fact]
    public async Task An_expression_that_could_explode_does_not()
    {
        await using var server = new RunningServer(Kind.InMemory, [Get("/{a:(x+x+)+y}", Values), Get("/f/{a:(.*)*b}", Values)]);
        Assert.Equal(404, (await server.GetAsync("/" + new string('x', 5000))).Status);
        Assert.Equal(404, (await server.GetAsync("/f/" + new string('/', 5000))).Status);
    }

    [Fact]
    public async Task A_match_with_parameters_allocates_only_the_values_asked_for()
    {
        const int Requests = 5000;
        string[] paths = ["/plain", "/user/ada", "/v12.json", "/n/123", "/files/a/b/c"];
        await using var server = new RunningServer(Kind.InMemory, [Get("/plain", Ok), Get("/user/{name}", Ok), Get("/v{n}.json", Ok), Get(@"/n/{id:\d+}", Ok), Get("/files/{path...}", Ok)]);
        using var client = await server.ConnectAsync();
        var buffer = new byte[1024];
        var allocated = new List<long>();
        foreach (string path in paths)
        {
            byte[] request = System.Text.Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n");
            async Task AskAsync(int count)
            {
                for (int i = 0; i < count; i++)
                {
                    await client.InMemory.WriteAsync(request);
                    Assert.True(client.InMemory.ReadAvailable(buffer) > 0);
                }
            }
            await AskAsync(1000);
            // Everything runs inside the client's write, on this thread.
            long before = GC.GetAllocatedBytesForCurrentThread();
            await AskAsync(Requests);
            allocated.Add((GC.GetAllocatedBytesForCurrentThread() - before) / Requests);
        }
        Assert.All(allocated, bytes => Assert.Equal(allocated[0], bytes));
    }

    private static Response Ok(Request request) => Response.Text("ok");

    private static Response Values(Request request)
    {
        var match = request.Match;
        return Response.Text(string.Join("|", match.Names.Select(name => match[name])));
    }
}
