namespace Millrace.Tests.Applications;

/// <summary>Redirects to the path that was meant (rows 167, 168).</summary>
public sealed class NormalizePathTests
{
    private static readonly string[] Routes = ["/a/", "/b", "/c/d/", "/e/f", "/{x}/", "/q/{x}/y"];

    [Theory]
    [InlineData("/a", "/a/")]
    [InlineData("/a/", null)]
    [InlineData("//a", "/a/")]
    [InlineData("//a/", "/a/")]
    [InlineData("/c//d", "/c/d/")]
    [InlineData("/c//d//", "/c/d/")]
    [InlineData("/e//f", "/e/f")]
    [InlineData("/a?x=1&y=%2F", "/a/?x=1&y=%2F")]
    [InlineData("/q/a%2Fb//y", "/q/a%2Fb/y")]
    [InlineData("/missing/path", "404")]
    [InlineData("/b/", null)]
    [InlineData("//google.com", "/google.com/")]
    [InlineData("///google.com/", "/google.com/")]
    [InlineData("/\\google.com", "/google.com/")]
    [InlineData("/\\/google.com/", "/google.com/")]
    [InlineData("//\\google.com?x", "/google.com/?x")]
    [InlineData("http://a//google.com", "/google.com/")]
    [InlineData("http://a/c//d", "/c/d/")]
    public async Task Appending_goes_to_a_path_of_this_server_as_rows_167_and_168_say(string target, string? location)
    {
        var response = await AskAsync(NormalizePath(), target);
        Assert.Equal(location switch { null => (200, null), "404" => (404, null), _ => (308, location) }, (response.Status, response["Location"]));
    }

    [Theory]
    [InlineData("/b/", "/b", 301)]
    [InlineData("/e/f/", "/e/f", 302)]
    [InlineData("/e//f//", "/e/f", 307)]
    [InlineData("/c/d", null, 404)]
    public async Task Removing_does_so_too(string target, string? location, int status)
    {
        var response = await AskAsync(NormalizePath(appendSlash: false, removeSlash: true, status: status == 404 ? 308 : status), target);
        if (target != "/b/")
            Assert.Equal((status, location), (response.Status, response["Location"]));
        else
            Assert.Equal(200, response.Status);
    }

    [Fact]
    public async Task Without_merging_slashes_count()
    {
        Assert.Equal(404, (await AskAsync(NormalizePath(mergeSlashes: false), "/c//d")).Status);
        Assert.Equal(308, (await AskAsync(NormalizePath(mergeSlashes: false), "/c/d")).Status);
    }

    [Fact]
    public void What_makes_no_sense_is_refused()
    {
        Assert.Throws<ArgumentException>(() => NormalizePath(appendSlash: true, removeSlash: true));
        Assert.Throws<ArgumentOutOfRangeException>(() => NormalizePath(status: 304));
    }

    private static async Task<RawResponse> AskAsync(Middleware middleware, string target)
    {
        var app = new Application { Middlewares = { middleware } };
        app.AddRoutes(Routes.Select(path => Get(path, request => Response.Text("ok"))));
        await using var server = new RunningServer(Kind.InMemory, app);
        return await server.GetAsync(target);
    }
}
