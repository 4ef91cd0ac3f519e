using System.Net;
using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.Logging.Abstractions;
using Millrace.Testing;
using Millrace.Transport;

namespace Millrace.Micro;

/// <summary>
/// A request from its first byte to the last of its answer, on a connection that stays open, without a socket: the flow of the connection
/// runs inside the call that brings the bytes.
/// </summary>
[MemoryDiagnoser]
public class InMemoryRequestBenchmarks : IAsyncDisposable
{
    private static readonly byte[] Hello = "GET / HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n\r\n"u8.ToArray();
    private static readonly byte[] Greeting = "GET /hello/ada HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n\r\n"u8.ToArray();
    private static readonly byte[] Echo = "POST /echo HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nContent-Length: 13\r\n\r\nHello, world!"u8.ToArray();

    private readonly InMemoryTransport _transport = new(new TransportOptions { Loops = 1 });
    private readonly byte[] _answer = new byte[4096];
    private Server _server = null!;
    private InMemoryClientStream _client = null!;

    [GlobalSetup]
    public void Start()
    {
        var app = new Application();
        app.AddRoutes(
            Web.Get("/", request => Response.Text("Hello, world")),
            Web.Get("/hello/{name}", request => Response.Text(request.Match["name"])),
            Web.Post("/echo", async request => Response.Bytes(await request.ReadAsync())));
        _server = new Server(app.Freeze(), new ServerOptions(), _transport, NullLoggerFactory.Instance);
        _client = _transport.Connect(_server.Listen(new IPEndPoint(IPAddress.Loopback, 0), new ListenOptions()));
    }

    [GlobalCleanup]
    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await _client.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Benchmark]
    public int Plain() => Ask(Hello);

    [Benchmark]
    public int PathParameter() => Ask(Greeting);

    [Benchmark]
    public int WithBody() => Ask(Echo);

    /// <summary>Returns the length of the answer.</summary>
    private int Ask(byte[] request)
    {
        if (!_client.WriteAsync(request.AsMemory()).IsCompletedSuccessfully || _client.ReadAvailable(_answer) is not (> 0 and var length))
            throw new InvalidOperationException("The answer was not there when the request was.");
        return length;
    }
}
