using Microsoft.Extensions.Logging;

namespace Millrace.Tests.Conformance;

/// <summary>
/// What went wrong in other servers, by the number of its advisory, shown to the live server on each transport. docs/conformance.md says
/// what each was about, and names the tests of those that take more than bytes.
/// </summary>
public sealed class AdvisoryTests(ProbeServers servers) : IClassFixture<ProbeServers>
{
    private const string Host = "Host: a\r\n";
    private const string Smuggled = "GET /user/smuggled HTTP/1.1\r\n" + Host + "\r\n";

    private static readonly (string Advisory, string Bytes, string Expected)[] All =
    [
        ("Announcements#311", P("Content-Length: 9\r\n", "abc{end}"), "400x"),
        ("Announcements#311", Chunked("5\r\nhel{end}"), "400x"),
        ("Announcements#311", "GET / HTT{end}", ""),
        ("CVE-2020-1045", "GET /cookies HTTP/1.1\r\n" + Host + "Cookie: %5F%5FHost-a=1; __Host-a=2\r\n\r\n", "200=%5F%5FHost-a=1___Host-a=2"),
        ("CVE-2021-21330", "GET //evil.example/.. HTTP/1.1\r\n" + Host + "\r\n", "404"),
        ("CVE-2021-21330", "GET /\\evil.example HTTP/1.1\r\n" + Host + "\r\n", "404"),
        ("CVE-2022-33124", "GET http://[::1.2.3/ HTTP/1.1\r\nHost: [::1.2.3\r\n\r\n", "400x"),
        ("CVE-2022-33124", "GET / HTTP/1.1\r\nHost: [1:2:3]\r\n\r\n", "400x"),
        ("CVE-2023-37276", "GET / HTTP/1.1\r\n" + Host + "X: a\rTransfer-Encoding: chunked\r\n\r\n" + Smuggled, "400x"),
        ("CVE-2023-37276", "POST / HTTP/1.1\r\n" + Host + "Content\rLength: 3\r\n\r\nabc", "400x"),
        ("CVE-2023-39326", Chunked(string.Concat(Enumerable.Repeat($"1;a={new string('b', 4000)}\r\nx\r\n", 5)) + "0\r\n\r\n"), "400x"),
        ("CVE-2023-47627", P("Content-Length: +5\r\n", "hello"), "400x"),
        ("CVE-2023-47627", P("Content-Length: 1_0\r\n", "helloworld"), "400x"),
        ("CVE-2023-47627", P("Content-Length: 5 0\r\n", "hello"), "400x"),
        ("CVE-2023-47627", Chunked("+5\r\nhello\r\n0\r\n\r\n"), "400x"),
        ("CVE-2023-47627", P("Content(Length: 5\r\n", "hello"), "400x"),
        ("CVE-2023-47641", P("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n" + Smuggled), "400x"),
        ("CVE-2024-23829", "GET / HTTP/1x1\r\n" + Host + "\r\n", "400x"),
        ("CVE-2024-23829", "GET / HTTP/1.\u00D9\u00A1\r\n" + Host + "\r\n", "400x"),
        ("CVE-2024-23829", "G\u00C3\u00A9T / HTTP/1.1\r\n" + Host + "\r\n", "400x"),
        ("CVE-2024-52304", Chunked("5;a\nhello\r\n0\r\n\r\n" + Smuggled), "400x"),
        ("CVE-2025-53643", Chunked("0\r\nX: y\r\n\r\n" + Smuggled), "200=0 200=smuggled"),
        ("CVE-2025-53643", Chunked("0\r\n" + Smuggled), "400x"),
        ("CVE-2025-55315", Chunked("5;a=\"\n\"\r\nhello\r\n0\r\n\r\n" + Smuggled), "400x"),
        ("CVE-2025-55315", Chunked("5;\rhello\r\n0\r\n\r\n" + Smuggled), "400x"),
        ("CVE-2025-55315", Chunked("5;\nhello\r\n0\r\n\r\n" + Smuggled), "400x"),
        ("CVE-2025-69223", Compressed("/length"), "413?"),
        ("CVE-2025-69224", P("Content-Length: \u00D9\u00A3\r\n", "abc"), "400x"),
        ("CVE-2025-69224", Chunked("\u00D9\u00A3\r\nabc\r\n0\r\n\r\n"), "400x"),
        ("CVE-2025-69229", Chunked(string.Concat(Enumerable.Repeat("1\r\nx\r\n", 1000)) + "0\r\n\r\n"), "200=1000"),
        ("CVE-2026-22815", Chunked("0\r\n" + string.Concat(Enumerable.Repeat("X: y\r\n", 200)) + "\r\n"), "431x"),
        ("CVE-2026-22815", Chunked($"0\r\nX: {new string('y', 9000)}\r\n\r\n"), "431x"),
        ("CVE-2026-34520", "GET / HTTP/1.1\r\n" + Host + "X: a\0b\r\n\r\n", "400x"),
        ("CVE-2026-34520", "GET / HTTP/1.1\r\n" + Host + "X: a\u0007\r\n\r\n", "400x"),
        ("CVE-2026-34525", "GET / HTTP/1.1\r\n" + Host + "Host: b\r\n\r\n", "400x"),
        ("CVE-2026-54273", string.Concat(Enumerable.Repeat(Smuggled, 100)), string.Join(' ', Enumerable.Repeat("200=smuggled", 100))),
        ("CVE-2026-54278", Compressed("/unread"), "200=unread"),
        ("CVE-2026-62899", P("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n" + Smuggled), "400x"),
        ("CVE-2026-69243", P("Content-Length: 5\r\nConnection: upgrade\r\nUpgrade: websocket\r\n", "hello") + Smuggled, "200=5 200=smuggled"),
        ("CVE-2026-69304", Compressed("/length"), "413?"),
        ("GHSA-pjjw-qhg8-p2p9", P("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", "0\r\n\r\n" + Smuggled), "400x"),
        ("GHSA-pjjw-qhg8-p2p9", P("Transfer-Encoding: chunked\n", "0\r\n\r\n" + Smuggled), "400x"),
        ("#10611", P("Transfer-Encoding: chunked, chunked\r\n", "0\r\n\r\n"), "400x"),
        ("#13136", "GET / HTTP/1.1\n" + Host + "\r\n", "400x"),
        ("#13671", "HEAD / HTTP/1.1\r\n" + Host + $"Content-Length: {Smuggled.Length}\r\n\r\n" + Smuggled, "200h"),
    ];

    public static TheoryData<Kind, string> KindsAndAdvisories
    {
        get
        {
            var data = new TheoryData<Kind, string>();
            foreach (var kind in Kinds.All)
            {
                foreach (string advisory in All.Select(one => one.Advisory).Distinct())
                    data.Add(kind.Data, advisory);
            }
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(KindsAndAdvisories))]
    public async Task What_broke_another_server_is_refused_or_harmless(Kind kind, string advisory)
    {
        foreach (var (_, bytes, expected) in All.Where(one => one.Advisory == advisory))
            await Probe.RunAsync(servers[kind], advisory, bytes, expected);
    }

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task CVE_2026_54277_a_limit_counts_what_came_in_fragments(Kind kind)
    {
        foreach (var (head, status) in new[] { ("GET /", 414), ("GET / HTTP/1.1\r\nHost: a\r\nX: ", 431), ("GET / HTTP/1.1\r\nHost: a\r\nX", 431) })
        {
            using var client = await servers[kind].ConnectAsync();
            await client.SendAsync(head);
            var fragment = System.Text.Encoding.ASCII.GetBytes(new string('x', 700));
            for (int sent = 0; sent < 20_000 && await client.TrySendAsync(fragment); sent += fragment.Length)
            {
            }
            var response = await client.ReadAsync();
            Assert.Equal((status, true), (response.Status, response.Closes));
        }
    }

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task CVE_2025_69230_bad_cookies_are_no_lines_in_the_log(Kind kind)
    {
        await using var server = new RunningServer(kind, [Get("/", request => Response.Text($"{request.Cookies.Count}"))]);
        string fields = string.Concat(Enumerable.Repeat("Cookie: ===;;;bad name=1;\"\r\n", 50));
        Assert.Equal(200, (await server.AskAsync($"GET / HTTP/1.1\r\n{Host}{fields}\r\n")).Status);
        Assert.DoesNotContain(server.Log.Lines, line => line.Level > LogLevel.Debug);
        Assert.InRange(server.Log.Lines.Count, 0, 10);
    }

    [Theory]
    [InlineData("CVE-2026-34519", "reason")]
    [InlineData("#12689", "value")]
    [InlineData("#12689", "name")]
    public async Task What_a_handler_sets_cannot_end_its_line(string advisory, string place)
    {
        await using var server = new RunningServer(Kind.InMemory, [Get("/", request =>
        {
            foreach (string evil in new[] { "a\rb", "a\nb", "a\r\nX: y", "a\0b" })
            {
                var response = new Response();
                Assert.ThrowsAny<ArgumentException>(() =>
                {
                    switch (place)
                    {
                        case "reason": response.Reason = evil; break;
                        case "value": response.Headers["X"] = evil; break;
                        default: response.Headers[evil] = "x"; break;
                    }
                });
            }
            return Response.Text(advisory);
        })]);
        Assert.Equal(advisory, (await server.GetAsync("/")).Text);
    }

    [Fact]
    public async Task CVE_2024_52303_paths_that_do_not_exist_leave_nothing_behind()
    {
        const int Paths = 20_000;
        await using var server = new RunningServer(Kind.InMemory, [Get("/known", request => new Response())]);
        using var client = await server.ConnectAsync();
        await AskAsync(0, 100);
        long before = GC.GetTotalMemory(forceFullCollection: true);
        await AskAsync(100, Paths);
        long kept = GC.GetTotalMemory(forceFullCollection: true) - before;
        // One reference for each path would be this much already.
        Assert.True(kept < Paths * 8, $"{kept} bytes stayed");

        async Task AskAsync(int first, int count)
        {
            for (int i = first; i < first + count; i++)
            {
                await client.GetAsync($"/unknown-{i}");
                Assert.Equal(404, (await client.ReadAsync()).Status);
            }
        }
    }

    private static string P(string fields, string body, string path = "/length") => $"POST {path} HTTP/1.1\r\n{Host}{fields}\r\n{body}";

    private static string Chunked(string body) => P("Transfer-Encoding: chunked\r\n", body);

    private static string Compressed(string path)
    {
        string body = ProbeServers.GzipOfZeros(1024 * 1024);
        return P($"Content-Length: {body.Length}\r\nContent-Encoding: gzip\r\n", body, path);
    }
}
