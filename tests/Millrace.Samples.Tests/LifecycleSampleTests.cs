using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace Millrace.Samples.Tests;

/// <summary><c>samples/Lifecycle</c>: contexts, three sites of one runner, and an end in steps.</summary>
public sealed partial class LifecycleSampleTests
{
    [Fact]
    public async Task Three_sites_answer_and_a_running_request_outlives_the_signal_in_the_written_order()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows sends no such signals.");
        var cancel = TestContext.Current.CancellationToken;
        string path = Path.Combine(Path.GetTempPath(), $"millrace-{Environment.ProcessId}-lifecycle.sock");
        await using var sample = await RunningSample.StartProjectAsync("Lifecycle", "0", "0", path);
        var sites = SitesPattern().Match(sample.Output[^1]);
        Assert.True(sites.Success, sample.Output[^1]);
        Assert.Equal(path, sites.Groups["path"].Value);

        Assert.StartsWith("Hello, visitor 1. You came by http from 127.0.0.1.", await sample.Client.GetStringAsync("", cancel), StringComparison.Ordinal);
        using (var secure = new HttpClient(new SocketsHttpHandler { SslOptions = { RemoteCertificateValidationCallback = (_, shown, _, _) => shown?.Subject == "CN=localhost" } }))
        {
            Assert.StartsWith("Hello, visitor 2. You came by https from 127.0.0.1.",
                await secure.GetStringAsync($"https://127.0.0.1:{sites.Groups["secure"].Value}/", cancel), StringComparison.Ordinal);
        }
        using (var local = new HttpClient(new SocketsHttpHandler { ConnectCallback = (_, token) => ConnectAsync(path, token) }))
        {
            Assert.StartsWith("Hello, visitor 3. You came by http from this machine.", await local.GetStringAsync("http://localhost/", cancel), StringComparison.Ordinal);
        }

        var slow = sample.Client.GetAsync("slow", cancel);
        await sample.ReadLineAsync();
        sample.Terminate();
        using (var answer = await slow)
            Assert.Equal((HttpStatusCode.OK, true), (answer.StatusCode, answer.Headers.ConnectionClose));
        while (await sample.ReadLineAsync() is not null)
        {
        }
        Assert.Equal(
            ["the guest book is opened", "the background task runs", "startup", sites.Value, "/slow begins", "asked to end", "shutdown: running requests finish",
             "/slow ends", "cleanup: every connection has ended", "the background task has ended", "the guest book is closed after 3 visitors", "ended"],
            sample.Output);
        Assert.False(File.Exists(path));
    }

    private static async ValueTask<Stream> ConnectAsync(string path, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
        return new NetworkStream(socket, ownsSocket: true);
    }

    [GeneratedRegex(@"^Running on http://127\.0\.0\.1:\d+, https://127\.0\.0\.1:(?<secure>\d+), http://unix:(?<path>.+):$")]
    private static partial Regex SitesPattern();
}
