using System.Net.WebSockets;
using System.Text;

namespace Millrace.Samples.Tests;

/// <summary><c>samples/quickstart</c>: the first steps, one sample each.</summary>
public sealed class QuickstartTests(QuickstartTests.Quickstart chapter) : IClassFixture<QuickstartTests.Quickstart>
{
    public sealed class Quickstart() : Chapter("quickstart")
    {
        protected override string ArgumentsOf(string name) => name == "02-command-line" ? "-P|0|ada|bob" : base.ArgumentsOf(name);
    }

    [Fact]
    public async Task A_server_is_run() =>
        Assert.Equal((200, "Hello from Millrace"), await chapter.AskAsync("01-run-a-server", "GET /"));

    [Fact]
    public async Task A_command_line_says_where_and_the_rest_is_the_applications() =>
        Assert.Equal((200, "Hello, ada and bob"), await chapter.AskAsync("02-command-line", "GET /"));

    [Fact]
    public async Task Handlers_answer_at_once_or_later_and_HEAD_as_GET()
    {
        const string Sample = "03-handlers";
        Assert.Equal((200, "at once"), await chapter.AskAsync(Sample, "GET /"));
        Assert.Equal((200, "later"), await chapter.AskAsync(Sample, "GET /later"));
        Assert.Equal((200, "POST: tea"), await chapter.AskAsync(Sample, "POST /", "tea"));
        Assert.Equal((200, "PUT: tea"), await chapter.AskAsync(Sample, "PUT /", "tea"));
        Assert.Equal((200, "BREW it is"), await chapter.AskAsync(Sample, "BREW /anything"));
        using var head = await chapter.SendAsync(Sample, "HEAD /");
        Assert.Equal((200, 7L), ((int)head.StatusCode, head.Content.Headers.ContentLength));
        Assert.Equal(405, (await chapter.AskAsync(Sample, "HEAD /no-head")).Status);
    }

    [Fact]
    public async Task Resources_have_variables_names_and_routes_by_method()
    {
        const string Sample = "04-resources";
        Assert.Equal((200, "all books"), await chapter.AskAsync(Sample, "GET /books"));
        Assert.Equal((201, ""), await chapter.AskAsync(Sample, "POST /books", ""));
        using var refused = await chapter.SendAsync(Sample, "DELETE /books");
        Assert.Equal((405, "GET, HEAD, POST"), ((int)refused.StatusCode, string.Join(", ", refused.Content.Headers.Allow)));
        Assert.Equal((200, "the book War & Peace"), await chapter.AskAsync(Sample, "GET /books/War%20%26%20Peace"));
        Assert.Equal((200, "shelf 12"), await chapter.AskAsync(Sample, "GET /shelves/12"));
        Assert.Equal(404, (await chapter.AskAsync(Sample, "GET /shelves/top")).Status);
        Assert.Equal((200, "the file a/b.txt"), await chapter.AskAsync(Sample, "GET /files/a/b.txt"));
        Assert.Equal((200, "/books/Tea%20%26%20Cake?page=2"), await chapter.AskAsync(Sample, "GET /newest"));
        Assert.Contains("/books: GET, POST\n", (await chapter.AskAsync(Sample, "GET /map")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Handlers_are_methods_of_an_object_or_of_a_view()
    {
        const string Sample = "05-classes";
        Assert.Equal((204, ""), await chapter.AskAsync(Sample, "PUT /notes/b", "buy bread"));
        Assert.Equal((204, ""), await chapter.AskAsync(Sample, "PUT /notes/a", "make tea"));
        Assert.Equal((200, "a: make tea\nb: buy bread"), await chapter.AskAsync(Sample, "GET /notes"));
        Assert.Equal((200, "Hello, ada"), await chapter.AskAsync(Sample, "GET /greeting/ada"));
        Assert.Equal((200, "Good day, ada"), await chapter.AskAsync(Sample, "POST /greeting/ada", "Good day"));
        Assert.Equal(405, (await chapter.AskAsync(Sample, "DELETE /greeting/ada")).Status);
    }

    [Fact]
    public async Task Routes_stand_in_a_list_or_in_a_table()
    {
        const string Sample = "06-route-tables";
        Assert.Equal((200, "start"), await chapter.AskAsync(Sample, "GET /"));
        Assert.Equal((200, "about"), await chapter.AskAsync(Sample, "GET /about"));
        Assert.Equal((200, "rain"), await chapter.AskAsync(Sample, "GET /weather"));
        Assert.Equal((403, "Nobody makes the weather."), await chapter.AskAsync(Sample, "POST /weather", "sun"));
    }

    [Fact]
    public async Task JSON_comes_and_goes()
    {
        const string Sample = "07-json", Type = "Content-Type: application/json";
        Assert.Equal((200, """{"item":"tea","count":1}"""), await chapter.AskAsync(Sample, "GET /tea"));
        Assert.Equal((200, """{"item":"cake","count":6}"""), await chapter.AskAsync(Sample, "POST /double", """{"item":"cake","count":3}""", Type));
        Assert.Equal(400, (await chapter.AskAsync(Sample, "POST /double", "{", Type)).Status);
        Assert.Equal(400, (await chapter.AskAsync(Sample, "POST /double", "null", Type)).Status);
        Assert.Equal(415, (await chapter.AskAsync(Sample, "POST /double", "{}", "Content-Type: text/plain")).Status);
    }

    [Fact]
    public async Task A_cookie_counts_visits_and_cannot_be_forged()
    {
        const string Sample = "08-sessions";
        using var first = await chapter.SendAsync(Sample, "GET /");
        Assert.Equal("visit 1", await first.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        string cookie = Assert.Single(first.Headers.GetValues("Set-Cookie")).Split(';')[0];
        Assert.Equal((200, "visit 2"), await chapter.AskAsync(Sample, "GET /", null, $"Cookie: {cookie}"));
        foreach (string forged in (string[])[cookie.Replace("=1.", "=9.", StringComparison.Ordinal), "visits=9", "visits=.", "visits="])
            Assert.Equal((200, "visit 1"), await chapter.AskAsync(Sample, "GET /", null, $"Cookie: {forged}"));
    }

    [Fact]
    public async Task A_form_is_shown_and_read()
    {
        const string Sample = "09-forms", Type = "Content-Type: application/x-www-form-urlencoded";
        Assert.Contains("<form method=\"post\"", (await chapter.AskAsync(Sample, "GET /login")).Text, StringComparison.Ordinal);
        Assert.Equal((200, "<p>Welcome, &lt;ada&gt;"), await chapter.AskAsync(Sample, "POST /login", "name=%3Cada%3E&password=tea", Type));
        Assert.Equal((403, "The password is wrong."), await chapter.AskAsync(Sample, "POST /login", "name=ada&password=coffee", Type));
        Assert.Equal((400, "A name is needed."), await chapter.AskAsync(Sample, "POST /login", "name=&password=tea", Type));
    }

    [Fact]
    public async Task Files_are_uploaded_whole_and_part_by_part()
    {
        var client = chapter.ClientOf("10-uploads");
        using var form = new MultipartFormDataContent { { new ByteArrayContent(new byte[100_000]), "picture", "../cat.png" }, { new StringContent("Cat"), "title" } };
        using var picture = await client.PostAsync("picture", form, TestContext.Current.CancellationToken);
        Assert.Equal("cat.png, application/octet-stream, 100000 bytes, titled Cat", await picture.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));

        using var parts = new MultipartFormDataContent { { new StringContent("x"), "comment" }, { new StringContent("abc"), "file", "abc.txt" } };
        using var archive = await client.PostAsync("archive", parts, TestContext.Current.CancellationToken);
        Assert.Equal("abc.txt ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", await archive.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));

        using var tooLarge = new MultipartFormDataContent { { new ByteArrayContent(new byte[5_000_000]), "picture", "cat.png" } };
        using var refused = await client.PostAsync("picture", tooLarge, TestContext.Current.CancellationToken);
        Assert.Equal(413, (int)refused.StatusCode);
    }

    [Fact]
    public async Task A_WebSocket_answers_until_it_is_told_to_close()
    {
        using var socket = await WebSockets.ConnectAsync(chapter.ClientOf("11-websockets").BaseAddress!, "ws");
        await socket.SayAsync("hello");
        Assert.Equal("hello/answer", await socket.HearAsync());
        await socket.SendAsync(Encoding.UTF8.GetBytes("abc"), WebSocketMessageType.Binary, endOfMessage: true, TestContext.Current.CancellationToken);
        Assert.Equal("3 bytes", await socket.HearAsync());
        await socket.SayAsync("close");
        Assert.Equal("", await socket.HearAsync());
        Assert.Equal((WebSocketCloseStatus.NormalClosure, "as you wish"), (socket.CloseStatus, socket.CloseStatusDescription));
    }

    [Fact]
    public async Task A_redirect_leads_to_a_route_by_its_name()
    {
        foreach (var (target, status, location) in ((string, int, string)[])[("/", 302, "/login"), ("/account", 303, "/login?from=/account")])
        {
            using var response = await chapter.SendAsync("12-redirects", $"GET {target}");
            Assert.Equal((status, location), ((int)response.StatusCode, Uri.UnescapeDataString(response.Headers.Location!.ToString())));
        }
    }

    [Fact]
    public async Task Answers_are_thrown()
    {
        const string Sample = "13-exceptions";
        Assert.Equal((200, "item 7"), await chapter.AskAsync(Sample, "GET /items/7"));
        Assert.Equal((404, "There is no such item."), await chapter.AskAsync(Sample, "GET /items/70"));
        Assert.Equal((400, "An item has a number."), await chapter.AskAsync(Sample, "GET /items/tea"));
        Assert.Equal((418, "short and stout"), await chapter.AskAsync(Sample, "GET /teapot"));
        Assert.Equal(504, (await chapter.AskAsync(Sample, "GET /slow")).Status);
        using var busy = await chapter.SendAsync(Sample, "GET /busy");
        Assert.Equal((503, TimeSpan.FromSeconds(30)), ((int)busy.StatusCode, busy.Headers.RetryAfter!.Delta));
    }
}
