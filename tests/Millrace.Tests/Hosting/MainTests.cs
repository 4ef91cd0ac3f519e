using Millrace.Hosting;

namespace Millrace.Tests.Hosting;

/// <summary>Web.Main, as <c>python -m aiohttp.web</c> (aiohttp.md 1.1).</summary>
public sealed class MainTests
{
    [Theory]
    [InlineData("", "localhost", null, null, "")]
    [InlineData("-H 127.0.0.1 -P 0", "127.0.0.1", 0, null, "")]
    [InlineData("--hostname=::1 --port=81 a b", "::1", 81, null, "a b")]
    [InlineData("a -U /run/s b", null, null, "/run/s", "a b")]
    [InlineData("-U /run/s -H localhost", "localhost", null, "/run/s", "")]
    [InlineData("--path /run/s --port 90", "localhost", 90, "/run/s", "")]
    [InlineData("-P 90 -- -P 91 -x", "localhost", 90, null, "-P 91 -x")]
    public void A_command_line_says_where(string args, string? host, int? port, string? path, string rest)
    {
        var line = CommandLine.Parse(args.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        var options = line.ToOptions(null);
        Assert.Equal(host, options.Host);
        Assert.Equal(port, options.Port);
        Assert.Equal(path is null ? [] : [path], options.Paths);
        Assert.Equal(rest, string.Join(' ', line.Rest));
    }

    [Theory]
    [InlineData("-P")]
    [InlineData("-P http")]
    [InlineData("-P 65536")]
    [InlineData("-P -1")]
    [InlineData("--port=")]
    [InlineData("-x")]
    [InlineData("--unknown=1")]
    public void A_command_line_that_makes_no_sense_is_exit_code_2(string args)
    {
        Assert.Equal(2, Main(args.Split(' '), NotMade));
    }

    [Fact]
    public void Help_is_exit_code_0() => Assert.Equal(0, Main(["--help"], NotMade));

    [Fact]
    public async Task The_application_gets_what_is_left_and_its_end_is_exit_code_0()
    {
        using var path = new UnixPath();
        string[]? given = null;
        var app = RunnerTests.App();
        var main = Task.Run(() => Main(["-U", path.Path, "rest"], rest =>
        {
            given = rest;
            return app;
        }));
        await Deadline.UntilAsync(() => File.Exists(path.Path), "the socket's file");
        app.Stop();
        Assert.Equal(0, await main.InTime());
        Assert.Equal("rest", Assert.Single(given!));
    }

    private static Application NotMade(string[] rest) => throw new InvalidOperationException($"not to be made of {rest.Length}");
}
