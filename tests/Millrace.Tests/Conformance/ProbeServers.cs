using System.IO.Compression;

namespace Millrace.Tests.Conformance;

/// <summary>One server on each transport for all probes of a class; each probe has a connection of its own.</summary>
public sealed class ProbeServers : IAsyncLifetime
{
    /// <summary>What the whole reads of a body take.</summary>
    public const int BodyBytesMax = 1000;

    private readonly Dictionary<Kind, RunningServer> _servers = [];

    internal RunningServer this[Kind kind] => _servers[kind];

    public ValueTask InitializeAsync()
    {
        foreach (var kind in Kinds.All)
            _servers[kind.Data] = new RunningServer(kind.Data, Routes, new ServerOptions { BodyBytesMax = BodyBytesMax, DecodeBodies = true });
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers.Values)
            await server.DisposeAsync();
    }

    /// <summary>A body as gzip makes it of so many zeros.</summary>
    public static string GzipOfZeros(int count)
    {
        var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Optimal))
            gzip.Write(new byte[count]);
        return System.Text.Encoding.Latin1.GetString(compressed.ToArray());
    }

    private static Route[] Routes =>
    [
        Get("/", request => Response.Text("OK")),
        Post("/", request => Response.Text("OK")),
        Route("*", "/length", async request => Response.Text($"{(await request.ReadAsync()).Length}")),
        Route("*", "/unread", request => Response.Text("unread")),
        Route("*", "/host", request => Response.Text($"{request.Host} {request.Path}")),
        Get("/query", request => Response.Text(string.Join(' ', request.Query.Select(pair => $"{pair.Key}={pair.Value}")))),
        Get("/fields", request => Response.Text(string.Join('|', request.Headers.Where(one => one.Key != "Host").Select(one => $"{one.Key}={one.Value}")))),
        Get("/cookies", request => Response.Text(string.Join(' ', request.Cookies.Select(cookie => $"{cookie.Key}={cookie.Value}")))),
        Get("/slow", async request =>
        {
            await Task.Yield();
            return Response.Text("slow");
        }),
        Get("/stream", async request =>
        {
            var response = new StreamResponse();
            await response.PrepareAsync(request);
            await response.WriteAsync("one"u8.ToArray());
            await response.WriteAsync("two"u8.ToArray());
            return response;
        }),
        Get("/user/{name}", request => Response.Text(request.Match["name"])),
    ];
}
