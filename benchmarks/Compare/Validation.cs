using System.IO.Compression;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Millrace.Benchmarks;

/// <summary>Makes sure that both servers do the same work before it is counted.</summary>
internal sealed class Validation(ServerProcess server, Catalogue catalogue, string dataDirectory)
{
    private const int PipelinedRequests = 32;

    private static readonly TimeSpan DateTolerance = TimeSpan.FromSeconds(5);

    /// <exception cref="ComparisonException">An answer is not what it must be.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{server.Port}"), Timeout = TimeSpan.FromSeconds(10) };
        await CheckPlaintextAsync(client, cancellationToken);
        await ExpectTextAsync(client, "/pipeline", "ok", cancellationToken);
        await ExpectTextAsync(client, "/baseline11?a=13&b=42", "55", cancellationToken);
        await ExpectTextAsync(client, "/baseline11?b=-42&other=1&a=13", "-29", cancellationToken);
        await ExpectTextAsync(client, "/baseline2?a=13&b=42", "55", cancellationToken);
        foreach (string path in (string[])["/sleep/20", "/block/20", "/wait/20"])
            await ExpectTextAsync(client, path, "20", cancellationToken);
        foreach (bool chunked in (bool[])[false, true])
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/baseline11?a=13&b=42") { Content = new StringContent("20") };
            request.Headers.TransferEncodingChunked = chunked;
            await ExpectTextAsync(client, request, "75", cancellationToken);
        }
        foreach (var (count, multiple) in ((int, int)[])[(0, 1), (1, 3), (catalogue.Count, 9999)])
            await CheckJsonAsync(client, count, multiple, cancellationToken);
        foreach (var (count, coding) in ((int, string)[])[(25, "br"), (50, "gzip")])
            await CheckEncodedAsync(client, $"/json/{count}?m=3", coding, JsonSerializer.SerializeToUtf8Bytes(catalogue.Price(count, 3), ItemsJson.Default.PricedItems), cancellationToken);
        using (var upload = new HttpRequestMessage(HttpMethod.Post, "/upload") { Content = new ByteArrayContent(new byte[2_000_000]) })
            await ExpectTextAsync(client, upload, "2000000", cancellationToken);
        foreach (string name in Dataset.StaticNames)
        {
            byte[] content = await File.ReadAllBytesAsync(Path.Combine(dataDirectory, Dataset.StaticDirectory, name), cancellationToken);
            bool isText = File.Exists(Path.Combine(dataDirectory, Dataset.StaticDirectory, name + ".br"));
            await CheckEncodedAsync(client, $"/static/{name}", isText ? "br" : null, content, cancellationToken);
        }
        byte[] file = await client.GetByteArrayAsync("/file/1m.bin", cancellationToken);
        byte[] expected = await File.ReadAllBytesAsync(Path.Combine(dataDirectory, "files/1m.bin"), cancellationToken);
        Expect(file.AsSpan().SequenceEqual(expected), "/file/1m.bin", "has other bytes");
        using var unknown = await client.GetAsync("/no-such-path", cancellationToken);
        Expect(unknown.StatusCode == HttpStatusCode.NotFound, "/no-such-path", $"is {unknown.StatusCode}");
        CheckPipelining();
    }

    private async Task CheckPlaintextAsync(HttpClient client, CancellationToken cancellationToken)
    {
        using var response = await client.GetAsync("/", HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        var fields = response.Content.Headers;
        Expect(fields.NonValidated.TryGetValues("Content-Length", out var length) && length.ToString() == "12", "/", "has no Content-Length of 12");
        Expect(fields.ContentType?.ToString() == "text/plain; charset=utf-8", "/", $"has the type {fields.ContentType}");
        Expect(response.Headers.Contains("Server"), "/", "has no Server field");
        Expect((DateTimeOffset.UtcNow - response.Headers.Date)?.Duration() < DateTolerance, "/", $"has the date {response.Headers.Date}");
        await ExpectTextAsync(client, "/", "Hello, world", cancellationToken);
    }

    private async Task ExpectTextAsync(HttpClient client, string target, string expected, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, target);
        await ExpectTextAsync(client, request, expected, cancellationToken);
    }

    private async Task ExpectTextAsync(HttpClient client, HttpRequestMessage request, string expected, CancellationToken cancellationToken)
    {
        using var response = await client.SendAsync(request, cancellationToken);
        string target = $"{request.Method} {request.RequestUri!.PathAndQuery}";
        string body = await response.Content.ReadAsStringAsync(cancellationToken);
        Expect(response.StatusCode == HttpStatusCode.OK, target, $"is {response.StatusCode}");
        Expect(response.Content.Headers.ContentType?.MediaType == "text/plain", target, $"has the type {response.Content.Headers.ContentType}");
        Expect(body == expected, target, $"says '{body}' and not '{expected}'");
    }

    private async Task CheckJsonAsync(HttpClient client, int count, int multiple, CancellationToken cancellationToken)
    {
        string target = $"/json/{count}?m={multiple}";
        using var response = await client.GetAsync(target, cancellationToken);
        Expect(response.StatusCode == HttpStatusCode.OK, target, $"is {response.StatusCode}");
        Expect(response.Content.Headers.ContentType?.MediaType == "application/json", target, $"has the type {response.Content.Headers.ContentType}");
        Expect(response.Content.Headers.ContentEncoding.Count == 0, target, "is encoded, and was not asked to be");
        var body = JsonNode.Parse(await response.Content.ReadAsStringAsync(cancellationToken));
        var expected = JsonSerializer.SerializeToNode(catalogue.Price(count, multiple), ItemsJson.Default.PricedItems);
        Expect(JsonNode.DeepEquals(body, expected), target, "has other items");
    }

    private async Task CheckEncodedAsync(HttpClient client, string target, string? coding, byte[] expected, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, target);
        if (coding is not null)
            request.Headers.Add("Accept-Encoding", coding);
        using var response = await client.SendAsync(request, cancellationToken);
        Expect(response.StatusCode == HttpStatusCode.OK, target, $"is {response.StatusCode}");
        Expect(response.Content.Headers.ContentEncoding.SingleOrDefault() == coding, target, $"is encoded as '{string.Join(',', response.Content.Headers.ContentEncoding)}' and not '{coding}'");
        await using var encoded = await response.Content.ReadAsStreamAsync(cancellationToken);
        await using Stream decoder = coding switch
        {
            "br" => new BrotliStream(encoded, CompressionMode.Decompress),
            "gzip" => new GZipStream(encoded, CompressionMode.Decompress),
            _ => encoded,
        };
        var body = new MemoryStream();
        await decoder.CopyToAsync(body, cancellationToken);
        Expect(body.ToArray().AsSpan().SequenceEqual(expected), target, "decodes to other bytes");
    }

    private void CheckPipelining()
    {
        using var connection = new RawConnection(server.Port);
        connection.Send([.. Enumerable.Repeat("GET /pipeline HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"u8.ToArray(), PipelinedRequests).SelectMany(request => request)]);
        for (int answers = 0; answers < PipelinedRequests;)
            answers += connection.Receive();
    }

    private void Expect(bool holds, string target, string otherwise)
    {
        if (!holds)
            throw new ComparisonException($"{server.Name} failed the validation: the answer to {target} {otherwise}.");
    }
}
