using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;
using Microsoft.Extensions.Time.Testing;
using Millrace.Files;

namespace Millrace.Tests.Files;

/// <summary>Rows 170 to 189 of the reference that are about directories, and the advisories about them.</summary>
public sealed class StaticFilesTests : IDisposable
{
    private readonly TemporaryDirectory _files = new();
    private readonly string _root;

    public StaticFilesTests()
    {
        _files.Write("secret.txt", "secret");
        _files.Write("www/a.txt", "a");
        _files.Write("www/css/site.css", "css");
        _files.Write("www/mit Leerzeichen/größe.html", "ü");
        _files.Write("wwwx/b.txt", "b");
        _root = _files["www"];
    }

    public void Dispose() => _files.Dispose();

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task Row_170_plain_files_HEAD_and_names_with_spaces_and_letters(Kind kind)
    {
        await using var server = Serving(kind: kind);
        using var client = await server.ConnectAsync();
        for (int i = 0; i < 2; i++)
        {
            Assert.Equal("a", (await client.AskAsync("GET /static/a.txt HTTP/1.1\r\nHost: a\r\n\r\n")).Text);
            Assert.Equal("text/css", (await client.AskAsync("HEAD /static/css/site.css HTTP/1.1\r\nHost: a\r\n\r\n"))["Content-Type"]);
            var named = await client.AskAsync("GET /static/mit%20Leerzeichen/gr%C3%B6%C3%9Fe.html HTTP/1.1\r\nHost: a\r\n\r\n");
            Assert.Equal(("ü", "2", "text/html"), (named.Text, named["Content-Length"], named["Content-Type"]));
        }
    }

    [Fact]
    public async Task Row_171_missing_files_other_methods_and_half_prefixes()
    {
        await using var server = Serving();
        Assert.Equal(404, (await server.GetAsync("/static/missing.txt")).Status);
        Assert.Equal(404, (await server.GetAsync("/staticx/a.txt")).Status);
        Assert.Equal(404, (await server.GetAsync("/static")).Status);
        var post = await server.AskAsync("POST /static/a.txt HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
        Assert.Equal((405, "GET, HEAD"), (post.Status, post["Allow"]));
    }

    [Theory]
    [InlineData("/static/../secret.txt")]
    [InlineData("/static/%2e%2e/secret.txt")]
    [InlineData("/static/%2E%2E/secret.txt")]
    [InlineData("/static/..%2fsecret.txt")]
    [InlineData("/static/..%2Fsecret.txt")]
    [InlineData("/static/..%5csecret.txt")]
    [InlineData("/static/..%5Csecret.txt")]
    [InlineData("/static/..\\secret.txt")]
    [InlineData("/static/css/../../secret.txt")]
    [InlineData("/static/css%2fsite.css")]
    [InlineData("/static/./a.txt")]
    [InlineData("/static/css/../a.txt")]
    [InlineData("/static//a.txt")]
    [InlineData("/static//etc/passwd")]
    [InlineData("//etc/passwd")]
    [InlineData("/static/%2Fetc%2Fpasswd")]
    [InlineData("/static/C:%5Cwindows%5Cwin.ini")]
    [InlineData("/static/C:/windows/win.ini")]
    [InlineData("/static/%5C%5Chost%5Cshare")]
    [InlineData("/static/%5C%5C%3F%5CC:%5Cx")]
    [InlineData("/static/a.txt:stream")]
    [InlineData("/static/a.txt%00")]
    [InlineData("/static/a.txt%00.css")]
    [InlineData("/static/a.txt%0a")]
    [InlineData("/static/a.txt/")]
    [InlineData("/static/..%252fsecret.txt")]
    [InlineData("/static/%c0%ae%c0%ae/secret.txt")]
    [InlineData("/static/..../secret.txt")]
    [InlineData("/static/../wwwx/b.txt")]
    [InlineData("/static/")]
    [InlineData("/static/css")]
    [InlineData("/static/css/")]
    public async Task Row_172_whatever_leads_elsewhere_is_the_same_404(string target)
    {
        await using var server = Serving();
        var missing = await server.GetAsync("/static/missing.txt");
        var response = await server.GetAsync(target);
        Assert.Equal((404, missing.Text), (response.Status, response.Text));
        Assert.Equal(Names(missing), Names(response));
    }

    [Fact]
    public async Task Row_173_links_inside_are_followed_and_links_that_lead_out_are_not_there()
    {
        File.CreateSymbolicLink(_files["www/inside.txt"], "css/../a.txt");
        File.CreateSymbolicLink(_files["www/absolute.txt"], _files["www/a.txt"]);
        File.CreateSymbolicLink(_files["www/outside.txt"], "../secret.txt");
        File.CreateSymbolicLink(_files["www/sibling.txt"], _files["wwwx/b.txt"]);
        Directory.CreateSymbolicLink(_files["www/up"], "..");
        Directory.CreateSymbolicLink(_files["www/back"], "../www/css");
        File.CreateSymbolicLink(_files["www/loop"], "loop");
        await using var server = Serving();
        await using var open = Serving(new StaticOptions { FollowLinks = true });
        foreach (var (name, closed, followed) in new[]
        {
            ("inside.txt", 200, 200), ("absolute.txt", 200, 200), ("back/site.css", 200, 200), ("outside.txt", 404, 200), ("sibling.txt", 404, 200),
            ("up/secret.txt", 404, 200), ("up/www/a.txt", 200, 200), ("loop", 404, 404),
        })
        {
            Assert.Equal((name, closed), (name, (await server.GetAsync("/static/" + name)).Status));
            Assert.Equal((name, followed), (name, (await open.GetAsync("/static/" + name)).Status));
        }
    }

    [Fact]
    public async Task A_root_that_is_a_link_itself_is_served()
    {
        Directory.CreateSymbolicLink(_files["current"], _root);
        await using var server = Serving(root: _files["current"]);
        Assert.Equal("a", (await server.GetAsync("/static/a.txt")).Text);
    }

    [Fact]
    public async Task Row_174_a_sibling_that_is_a_link_is_not_there()
    {
        File.CreateSymbolicLink(_files["www/a.txt.gz"], _files["secret.txt"]);
        await using var server = Serving();
        var response = await server.AskAsync("GET /static/a.txt HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n");
        Assert.Equal(("a", null), (response.Text, response["Content-Encoding"]));
    }

    [Fact]
    [SuppressMessage("Interoperability", "CA1416", Justification = "Names that Windows has not are tried elsewhere.")]
    public async Task Row_175_a_directory_is_listed_if_it_is_asked_for_with_every_name_escaped()
    {
        if (OperatingSystem.IsWindows())
            return;
        _files.Write("www/list/<img src=x onerror=alert(1)>", "x");
        _files.Write("www/list/javascript:alert(1)", "x");
        _files.Write("www/list/a&b \"c\".txt", "x");
        _files.Write("www/list/.hidden", "x");
        _files.Write("www/list/sub/x", "x");
        File.CreateSymbolicLink(_files["www/list/out"], _files["secret.txt"]);
        await using var server = Serving(new StaticOptions { ShowIndex = true });
        var page = await server.GetAsync("/static/list/");
        Assert.Equal((200, "text/html; charset=utf-8"), (page.Status, page["Content-Type"]));
        Assert.DoesNotContain("<img", page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(".hidden", page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(">out<", page.Text, StringComparison.Ordinal);
        Assert.Contains("<a href=\"./javascript%3Aalert%281%29\">javascript:alert(1)</a>", page.Text, StringComparison.Ordinal);
        Assert.Contains("<a href=\"./%3Cimg%20src%3Dx%20onerror%3Dalert%281%29%3E\">&lt;img src=x onerror=alert(1)&gt;</a>", page.Text, StringComparison.Ordinal);
        Assert.Contains("<a href=\"./a%26b%20%22c%22.txt\">a&amp;b &quot;c&quot;.txt</a>", page.Text, StringComparison.Ordinal);
        Assert.Contains("<a href=\"./sub/\">sub/</a>", page.Text, StringComparison.Ordinal);
        var redirect = await server.GetAsync("/static/list?x=1");
        Assert.Equal((301, "/static/list/?x=1"), (redirect.Status, redirect["Location"]));
        Assert.Equal(200, (await server.GetAsync("/static/")).Status);
    }

    [Fact]
    public async Task Row_176_what_is_no_regular_file_is_404_and_does_not_hang()
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(_files["www/socket"]));
        await using var server = Serving();
        Assert.Equal(404, (await server.GetAsync("/static/socket")).Status);
    }

    [Fact]
    public async Task Row_177_a_name_that_is_too_long_is_404()
    {
        await using var server = Serving();
        Assert.Equal(404, (await server.GetAsync("/static/" + new string('n', 300))).Status);
        Assert.Equal(404, (await server.GetAsync("/static/" + string.Join('/', Enumerable.Repeat("nn", 2000)))).Status);
    }

    [Fact]
    public async Task Row_178_conditions_hold_below_a_directory_too()
    {
        await using var server = Serving();
        string tag = (await server.GetAsync("/static/a.txt"))["ETag"]!;
        Assert.Equal(304, (await server.AskAsync($"GET /static/a.txt HTTP/1.1\r\nHost: a\r\nIf-None-Match: {tag}\r\n\r\n")).Status);
    }

    [Theory]
    [InlineData("CON")]
    [InlineData("con.txt")]
    [InlineData("aux .css")]
    [InlineData("COM1")]
    [InlineData("lpt9.js")]
    [InlineData("COM\u00B2")]
    [InlineData("name.")]
    [InlineData("name ")]
    [InlineData("a:b")]
    [InlineData("a*")]
    [InlineData("GIT~1")]
    [InlineData("..")]
    [InlineData(".")]
    [InlineData("")]
    [InlineData("a\\b")]
    [InlineData("a/b")]
    [InlineData("a\0")]
    public void CVE_2026_34515_what_Windows_reads_as_something_else_is_no_name(string name) => Assert.False(StaticPath.IsPlain(name, windows: true));

    [Theory]
    [InlineData("CON")]
    [InlineData("a:b")]
    [InlineData("name.")]
    public void Elsewhere_these_are_names(string name) => Assert.True(StaticPath.IsPlain(name, windows: false));

    [Fact]
    public async Task Names_with_a_dot_in_front_are_served_if_it_is_asked_for()
    {
        _files.Write("www/.env", "x");
        _files.Write("www/.git/config", "x");
        _files.Write("www/.well-known/security.txt", "x");
        await using var server = Serving();
        await using var open = Serving(new StaticOptions { DotFiles = true });
        Assert.Equal(404, (await server.GetAsync("/static/.env")).Status);
        Assert.Equal(404, (await server.GetAsync("/static/.git/config")).Status);
        Assert.Equal(200, (await server.GetAsync("/static/.well-known/security.txt")).Status);
        Assert.Equal(200, (await open.GetAsync("/static/.env")).Status);
    }

    [Fact]
    public async Task A_default_document_answers_for_its_directory_and_the_fallback_for_what_is_missing()
    {
        _files.Write("www/index.html", "start");
        _files.Write("www/docs/index.html", "docs");
        await using var server = Serving(new StaticOptions { DefaultDocument = "index.html", Fallback = "index.html", CacheControl = "no-cache" }, prefix: "/");
        Assert.Equal("start", (await server.GetAsync("/")).Text);
        Assert.Equal("docs", (await server.GetAsync("/docs/")).Text);
        Assert.Equal((301, "/docs/"), ((await server.GetAsync("/docs")).Status, (await server.GetAsync("/docs"))["Location"]));
        var page = await server.GetAsync("/app/route");
        Assert.Equal((200, "start", "no-cache", "text/html"), (page.Status, page.Text, page["Cache-Control"], page["Content-Type"]));
        Assert.Equal(404, (await server.GetAsync("/missing.js")).Status);
        // CVE-2021-21330: no redirect to another host.
        Assert.Equal(404, (await server.GetAsync("//docs")).Status);
    }

    [Fact]
    public async Task A_version_in_the_URL_is_kept_for_ever()
    {
        var files = new StaticFiles(_root);
        string version = files.VersionOf("css/site.css")!;
        Assert.Equal(43, version.Length);
        Assert.Equal(version, files.VersionOf("css/site.css"));
        Assert.Null(files.VersionOf("missing"));
        Assert.Null(files.VersionOf("../secret.txt"));
        await using var server = new RunningServer(Kind.InMemory, [Static("/static", files)]);
        Assert.Equal("public, max-age=31536000, immutable", (await server.GetAsync("/static/css/site.css?v=" + version))["Cache-Control"]);
        Assert.Null((await server.GetAsync("/static/css/site.css?v=other"))["Cache-Control"]);
        _files.Write("www/css/site.css", "css, changed");
        Assert.NotEqual(version, files.VersionOf("css/site.css"));
    }

    [Fact]
    public async Task A_type_of_your_own_takes_the_place_of_the_known_one()
    {
        await using var server = Serving(new StaticOptions { ContentTypes = new Dictionary<string, string> { [".TXT"] = "text/x-mine" } });
        Assert.Equal("text/x-mine", (await server.GetAsync("/static/a.txt"))["Content-Type"]);
        Assert.Equal("text/css", (await server.GetAsync("/static/css/site.css"))["Content-Type"]);
    }

    [Fact]
    public async Task A_change_is_seen_once_the_interval_is_over_and_never_half()
    {
        var clock = new FakeTimeProvider();
        var files = new StaticFiles(_root);
        await using var server = new RunningServer(Kind.InMemory, RunningServer.HandlerOf([Static("/static", files)]), new ServerOptions { TimeProvider = clock });
        using var client = await server.ConnectAsync();
        const string Ask = "GET /static/a.txt HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n";
        string tag = (await client.AskAsync(Ask))["ETag"]!;
        File.Move(_files.Write("new.txt", "b"), _files["www/a.txt"], overwrite: true);
        clock.Advance(TimeSpan.FromMilliseconds(200));
        var old = await client.AskAsync(Ask);
        Assert.Equal(("a", tag), (old.Text, old["ETag"]));
        clock.Advance(TimeSpan.FromMilliseconds(100));
        Assert.Equal("b", (await client.AskAsync(Ask)).Text);
        _files.Write("www/a.txt.gz", "sibling");
        clock.Advance(TimeSpan.FromMilliseconds(300));
        Assert.Equal("sibling", (await client.AskAsync(Ask)).Text);
        File.Delete(_files["www/a.txt"]);
        clock.Advance(TimeSpan.FromMilliseconds(300));
        Assert.Equal(404, (await client.AskAsync(Ask)).Status);
        Assert.Equal(0, files.OpenCount);
    }

    [Fact]
    public async Task No_more_files_are_held_open_than_the_limit_and_missing_ones_never()
    {
        for (int i = 0; i < 40; i++)
            _files.Write($"www/many/{i}.txt", $"{i}");
        var files = new StaticFiles(_root, new StaticOptions { OpenFilesMax = 8 });
        await using var server = new RunningServer(Kind.InMemory, [Static("/static", files)]);
        using var client = await server.ConnectAsync();
        for (int i = 0; i < 80; i++)
        {
            var response = await client.AskAsync($"GET /static/many/{i}.txt HTTP/1.1\r\nHost: a\r\n\r\n");
            Assert.Equal(i < 40 ? $"{i}" : "404: Not Found", response.Text);
            Assert.InRange(files.OpenCount, 1, 8);
        }
        if (OperatingSystem.IsLinux())
        {
            await Deadline.UntilAsync(
                () => Directory.GetFiles("/proc/self/fd").Count(name => new FileInfo(name).LinkTarget?.StartsWith(_root, StringComparison.Ordinal) == true) <= 8,
                "the end of the descriptors that were let go");
        }
    }

    [Fact]
    public void What_makes_no_sense_throws_at_once()
    {
        Assert.Throws<DirectoryNotFoundException>(() => Static("/static", _files["missing"]));
        Assert.Throws<ArgumentException>(() => new StaticOptions { DefaultDocument = "../index.html" });
        Assert.Throws<ArgumentException>(() => new StaticOptions { Fallback = "a/b" });
        Assert.Throws<ArgumentException>(() => new StaticOptions { ContentTypes = new Dictionary<string, string> { ["txt"] = "a/b" } });
        Assert.Throws<ArgumentException>(() => new StaticOptions { CacheControl = "a\r\nb" });
        Assert.Throws<ArgumentException>(() => new StaticOptions { VersionedCacheControl = "a\r\nb" });
        Assert.Throws<ArgumentOutOfRangeException>(() => new StaticOptions { OpenFilesMax = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new StaticOptions { CheckInterval = TimeSpan.FromHours(1) });
    }

    private static IEnumerable<string> Names(RawResponse response) => response.Fields.Select(field => field.Key);

    private RunningServer Serving(StaticOptions? options = null, Kind kind = Kind.InMemory, string? root = null, string prefix = "/static") =>
        new(kind, [Static(prefix, root ?? _root, options)]);
}
