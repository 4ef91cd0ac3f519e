using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Millrace.Repository.Tests.Support;

namespace Millrace.Samples.Tests;

/// <summary>The samples of a folder, all running in one process. A class of tests has one chapter and asks its samples by their names.</summary>
public abstract partial class Chapter(string folder) : IAsyncLifetime
{
    private readonly Dictionary<string, HttpClient> _clients = [];

    private RunningSample _host = null!;

    /// <summary>The samples, as <c>01-run-a-server</c>.</summary>
    public IReadOnlyList<string> Names { get; } = [.. Checkout.FilesIn($"samples/{folder}", ".cs").Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal)];

    /// <summary>Arguments of a sample that does not take its port alone.</summary>
    protected virtual string ArgumentsOf(string name) => "0";

    public async ValueTask InitializeAsync()
    {
        string[] commands = [.. Names.Select(name => $"{SampleProgram.Build($"{folder}/{name}.cs")}|{ArgumentsOf(name)}")];
        _host = await RunningSample.StartProjectAsync("Host", [Checkout.FullPath($"samples/{folder}"), .. commands]);
        foreach (string line in _host.Output)
            Note(line);
        while (_clients.Count < Names.Count)
            Note(await _host.ReadLineAsync() ?? throw new InvalidOperationException($"A sample ended before it listened: {await _host.ErrorsAsync()}"));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients.Values)
            client.Dispose();
        await _host.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>A client of a sample that follows no redirect and keeps no cookie.</summary>
    public HttpClient ClientOf(string name) => _clients[name];

    /// <summary>What a sample has printed while it started.</summary>
    public IEnumerable<string> LinesOf(string name)
    {
        string prefix = $"sample-{folder}-{name}: ";
        return _host.Output.Where(line => line.StartsWith(prefix, StringComparison.Ordinal)).Select(line => line[prefix.Length..]);
    }

    /// <summary>Asks a sample, and says what came back: status and text.</summary>
    /// <param name="name">The sample.</param>
    /// <param name="line">Method and target, as <c>GET /</c>.</param>
    /// <param name="body">The body; none if it is null.</param>
    /// <param name="fields">Header fields, as <c>Name: value</c>; Content-Type is that of the body.</param>
    public async Task<(int Status, string Text)> AskAsync(string name, string line, string? body = null, params string[] fields)
    {
        using var response = await SendAsync(name, line, body, fields);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    /// <inheritdoc cref="AskAsync"/>
    public async Task<HttpResponseMessage> SendAsync(string name, string line, string? body = null, params string[] fields)
    {
        string[] words = line.Split(' ');
        using var request = new HttpRequestMessage(new HttpMethod(words[0]), words[1]);
        if (body is not null)
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        foreach (string[] field in fields.Select(field => field.Split(": ", 2)))
        {
            if (!request.Headers.TryAddWithoutValidation(field[0], field[1]))
                request.Content!.Headers.Add(field[0], field[1]);
        }
        return await ClientOf(name).SendAsync(request, TestContext.Current.CancellationToken);
    }

    private void Note(string line)
    {
        if (Banner().Match(line) is not { Success: true } match)
            return;
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false };
        _clients.Add(match.Groups[1].Value, new HttpClient(handler) { BaseAddress = new Uri($"http://{IPAddress.Loopback}:{match.Groups[2].Value}/") });
    }

    [GeneratedRegex(@"^sample-[a-z]+-([\w-]+): .*Running on http://\S+:(\d+)")]
    private static partial Regex Banner();
}
