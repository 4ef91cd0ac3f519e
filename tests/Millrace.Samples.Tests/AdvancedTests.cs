using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;

namespace Millrace.Samples.Tests;

/// <summary><c>samples/advanced</c>: what a larger program needs, one sample each.</summary>
public sealed class AdvancedTests(AdvancedTests.Advanced chapter) : IClassFixture<AdvancedTests.Advanced>
{
    public sealed class Advanced() : Chapter("advanced");

    [Fact]
    public async Task Paths_are_in_any_script()
    {
        const string Sample = "01-unicode";
        Assert.Equal((200, "чай"), await chapter.AskAsync(Sample, "GET /меню/чай"));
        Assert.Equal((200, "nach Köln"), await chapter.AskAsync(Sample, "GET /straße/Köln"));
        Assert.Equal((200, "/stra%C3%9Fe/M%C3%BCnchen"), await chapter.AskAsync(Sample, "GET /road"));
    }

    [Fact]
    public async Task A_client_that_leaves_ends_what_it_waits_for_and_nothing_else()
    {
        const string Sample = "02-gone-clients";
        using (var leave = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken))
        {
            var watching = chapter.ClientOf(Sample).GetAsync("watch", leave.Token);
            await EventAsync("a watcher came");
            await leave.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => watching);
        }
        await EventAsync("a watcher left");

        var stubborn = chapter.AskAsync(Sample, "GET /stubborn");
        Assert.Equal((204, ""), await chapter.AskAsync(Sample, "POST /finish", ""));
        Assert.Equal((200, "at last"), await stubborn);

        Assert.Equal((202, "order 1 taken"), await chapter.AskAsync(Sample, "POST /orders", ""));
        Assert.DoesNotContain("order", (await chapter.AskAsync(Sample, "GET /events")).Text, StringComparison.Ordinal);
        Assert.Equal((204, ""), await chapter.AskAsync(Sample, "POST /finish", ""));
        await EventAsync("order 1 finished");

        async Task EventAsync(string text)
        {
            while (!(await chapter.AskAsync(Sample, "GET /events")).Text.Contains(text, StringComparison.Ordinal))
                TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
        }
    }

    [Fact]
    public async Task A_handler_chooses_by_criteria_of_its_own()
    {
        const string Sample = "03-own-criteria";
        Assert.Equal((200, "<p>tea"), await chapter.AskAsync(Sample, "GET /tea"));
        Assert.Equal((200, "\"tea\""), await chapter.AskAsync(Sample, "GET /tea", null, "Accept: application/json"));
        Assert.Equal((406, "There is text/html and application/json."), await chapter.AskAsync(Sample, "GET /tea", null, "Accept: image/png"));
        Assert.Equal((200, "\"tea\""), await chapter.AskAsync(Sample, "GET /tea", null, "Accept: text/html;q=0, */*"));
        Assert.Equal((200, "\"tea\""), await chapter.AskAsync(Sample, "GET /tea", null, "Accept: text/*;q=0.5, application/json;q=0.8"));
        using var tea = await chapter.SendAsync(Sample, "GET /tea");
        Assert.Equal("Accept", Assert.Single(tea.Headers.Vary));
        Assert.Equal((200, "Saturday"), await chapter.AskAsync(Sample, "GET /diary/2026/02/28"));
        Assert.Equal(404, (await chapter.AskAsync(Sample, "GET /diary/2026/02/30")).Status);
    }

    [Fact]
    public async Task Files_are_served_and_nothing_beside_them()
    {
        const string Sample = "04-static-files";
        string page = (await chapter.AskAsync(Sample, "GET /")).Text;
        string link = page.Split("href=\"")[1].Split('"')[0];
        using var style = await chapter.SendAsync(Sample, $"GET {link}");
        Assert.Equal((200, "text/css"), ((int)style.StatusCode, style.Content.Headers.ContentType!.MediaType));
        Assert.Contains("immutable", style.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
        Assert.Contains("site.css", (await chapter.AskAsync(Sample, "GET /assets/")).Text, StringComparison.Ordinal);
        Assert.Equal(404, (await chapter.AskAsync(Sample, "GET /assets/%2e%2e/04-static-files.cs")).Status);
    }

    [Fact]
    public async Task A_page_is_made_of_a_template_and_values_become_text() =>
        Assert.Equal((200, "<!doctype html>\n<title>&lt;b&gt;ada</title>\n<h1>Hello, &lt;b&gt;ada</h1>"), await chapter.AskAsync("05-templates", "GET /%3Cb%3Eada"));

    [Fact]
    public async Task One_task_reads_a_WebSocket_and_another_sends()
    {
        using var socket = await WebSockets.ConnectAsync(chapter.ClientOf("06-websocket-tasks").BaseAddress!, "ws");
        Assert.Equal("1", await socket.HearAsync());
        Assert.Equal("2", await socket.HearAsync());
        await socket.SayAsync("hello");
        string heard;
        while ((heard = await socket.HearAsync()) != "you said hello")
            Assert.Matches("^[0-9]+$", heard);
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, TestContext.Current.CancellationToken);
        Assert.Equal(WebSocketCloseStatus.NormalClosure, socket.CloseStatus);
    }

    [Fact]
    public async Task Data_live_with_the_application_the_request_or_the_flow()
    {
        const string Sample = "07-data";
        Assert.Equal((200, "Hello, ada, request 7"), await chapter.AskAsync(Sample, "GET /?user=ada", null, "X-Request-Id: 7"));
        Assert.Equal((200, "Hello, stranger, request without a number"), await chapter.AskAsync(Sample, "GET /"));
        Assert.Equal((200, "Hello from inside"), await chapter.AskAsync(Sample, "GET /inner/"));
    }

    [Fact]
    public async Task Middlewares_stand_around_each_other_in_order()
    {
        foreach (var (target, status, passed) in ((string, int, string?)[])
            [("/", 200, "outer inner"), ("/guarded/", 200, "outer inner route"), ("/guarded", 308, "outer inner"), ("/nowhere", 404, "outer inner"), ("/closed/", 403, null)])
        {
            using var response = await chapter.SendAsync("08-middlewares", $"GET {target}");
            string? actual = response.Headers.TryGetValues("X-Passed", out var values) ? Assert.Single(values) : null;
            Assert.Equal((target, status, passed), (target, (int)response.StatusCode, actual));
        }
    }

    [Fact]
    public async Task Receivers_are_told_of_responses_the_start_and_the_end()
    {
        await using var sample = await RunningSample.StartAsync("advanced/09-signals.cs");
        using (var response = await sample.Client.GetAsync("", TestContext.Current.CancellationToken))
            Assert.Equal("/", Assert.Single(response.Headers.GetValues("X-Path")));
        sample.Terminate();
        while (await sample.ReadLineAsync() is not null)
        {
        }
        Assert.Equal(["starts", "stops; requests finish", "has ended"], sample.Output.Where(line => line.StartsWith('s') || line.StartsWith('h')));
    }

    [Fact]
    public async Task Applications_are_nested_below_paths_and_by_hosts()
    {
        const string Sample = "10-nested-applications", Root = "Authorization: Bearer root's token";
        Assert.Equal((200, "outside"), await chapter.AskAsync(Sample, "GET /"));
        Assert.Equal((200, "users: /admin/users/ada"), await chapter.AskAsync(Sample, "GET /admin/", null, Root));
        Assert.Equal((200, "user ada"), await chapter.AskAsync(Sample, "GET /admin/users/ada", null, Root));
        Assert.Equal(401, (await chapter.AskAsync(Sample, "GET /admin/nowhere")).Status);
        Assert.Equal(404, (await chapter.AskAsync(Sample, "GET /admin/nowhere", null, Root)).Status);
        Assert.Equal((200, "images of a.images.example.com"), await chapter.AskAsync(Sample, "GET /", null, "Host: a.images.example.com"));
    }

    [Fact]
    public async Task A_body_is_asked_for_when_it_is_read_and_never_if_it_is_refused_before()
    {
        const string Head = "PUT /files/a.txt HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nExpect: 100-continue\r\n";
        Assert.StartsWith("HTTP/1.1 401 ", await FirstLineAsync("11-expect", Head + "\r\n"), StringComparison.Ordinal);
        Assert.Equal("HTTP/1.1 100 Continue", await FirstLineAsync("11-expect", Head + "Authorization: Basic YQ==\r\n\r\n"));
        Assert.Equal((201, "3 bytes of a.txt"), await chapter.AskAsync("11-expect", "PUT /files/a.txt", "abc", "Authorization: Basic YQ==", "Expect: 100-continue"));
    }

    [Fact]
    public async Task One_application_listens_in_two_places()
    {
        const string Sample = "12-runners", Listening = "Listening at ";
        Assert.Equal((200, "by TCP"), await chapter.AskAsync(Sample, "GET /"));
        string path = Assert.Single(chapter.LinesOf(Sample), line => line.StartsWith(Listening, StringComparison.Ordinal))[Listening.Length..];
        using var client = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancellationToken) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            },
        });
        Assert.Equal("by a Unix socket", await client.GetStringAsync(new Uri("http://localhost/"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_server_has_one_handler_for_everything() =>
        Assert.Equal((200, "BREW /any/path, whatever it is"), await chapter.AskAsync("13-low-level-server", "BREW /any/path"));

    [Fact]
    public async Task At_the_end_tasks_finish_and_WebSockets_are_told()
    {
        await using var sample = await RunningSample.StartAsync("advanced/14-shutdown.cs");
        using (var taken = await sample.Client.PostAsync("letters", new StringContent("to ada"), TestContext.Current.CancellationToken))
            Assert.Equal(202, (int)taken.StatusCode);
        using var socket = await WebSockets.ConnectAsync(sample.Address, "ws");
        await socket.SayAsync("hello");
        Assert.Equal("hello", await socket.HearAsync());
        sample.Terminate();
        Assert.Equal("", await socket.HearAsync());
        Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, socket.CloseStatus);
        await socket.CloseOutputAsync(WebSocketCloseStatus.EndpointUnavailable, null, TestContext.Current.CancellationToken);
        while (await sample.ReadLineAsync() is not null)
        {
        }
        Assert.Contains("sorted to ada", sample.Output);
        Assert.Equal(["a WebSocket ended with 1001", "all letters are sorted"], sample.Output.TakeLast(2));
    }

    [Fact]
    public async Task Errors_have_pages()
    {
        foreach (var (line, status, text) in ((string, int, string)[])
        [
            ("GET /nowhere", 404, "There is nothing here."),
            ("GET /secret", 403, "This is not for you."),
            ("DELETE /", 405, "Not in this way."),
            ("GET /broken", 500, "Something went wrong; we look into it."),
        ])
            Assert.Equal((status, $"<!doctype html><title>{status}</title><h1>{text}</h1>"), await chapter.AskAsync("15-error-pages", line));
        Assert.Equal((200, "fine"), await chapter.AskAsync("15-error-pages", "GET /"));

        // The page takes the place of the body, and of nothing else.
        using var refused = await chapter.SendAsync("15-error-pages", "DELETE /");
        Assert.Contains("GET", refused.Content.Headers.Allow);
        using var unknown = await chapter.SendAsync("15-error-pages", "GET /members");
        Assert.Equal("Bearer", Assert.Single(unknown.Headers.WwwAuthenticate).Scheme);
        Assert.StartsWith("HTTP/1.1 200 ", await FirstLineAsync("15-error-pages", "OPTIONS * HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_proxy_that_was_named_is_believed() =>
        Assert.Equal((200, "203.0.113.7 asked https://example.com"), await chapter.AskAsync("16-behind-a-proxy", "GET /", null,
            "X-Forwarded-For: 203.0.113.7", "X-Forwarded-Proto: https", "X-Forwarded-Host: example.com"));

    private async Task<string?> FirstLineAsync(string sample, string head)
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", chapter.ClientOf(sample).BaseAddress!.Port, TestContext.Current.CancellationToken);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(client.GetStream());
        return await reader.ReadLineAsync(TestContext.Current.CancellationToken);
    }
}
