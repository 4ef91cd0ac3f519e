using System.Text;

namespace Millrace.Tests;

/// <summary>After thousands of good, bad and vanishing clients nothing is left over: no connection, no buffer, no descriptor.</summary>
public sealed class LeakTests
{
    private const int Clients = 1500;
    private const int AtATime = 8;

    private static readonly string[] Messages =
    [
        "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        "GET /large HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /stream HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /wait HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /throw HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /break HTTP/1.1\r\nHost: a\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 50000\r\n\r\npart",
        "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "POST /large HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nunread",
        "GET / HT",
        "\0\u0001\u0002\r\n\r\n",
        "GET / HTTP/1.1\r\n\r\n",
        "",
    ];

    [Theory]
    [MemberData(nameof(Kinds.Network), MemberType = typeof(Kinds))]
    public async Task Nothing_is_left_over_when_all_clients_have_gone(Kind kind)
    {
        // The first round opens what the runtime keeps for good.
        await RoundAsync(kind, seed: 1, clients: 50);
        // What earlier tests have left to their finalizers would go away in between.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        int before = Descriptors();
        await RoundAsync(kind, seed: 2, Clients);
        Assert.Equal(before, Descriptors());
    }

    [Fact]
    public async Task Nothing_is_left_over_in_memory() => await RoundAsync(Kind.InMemory, seed: 3, 3 * Clients);

    private static async Task RoundAsync(Kind kind, int seed, int clients)
    {
        await using var server = new RunningServer(kind, Routes());
        await Task.WhenAll(Enumerable.Range(0, AtATime).Select(worker => Task.Run(async () =>
        {
            var random = new Random(seed * 100 + worker);
            for (int i = 0; i < clients / AtATime; i++)
                await BehaveAsync(server, random);
        })));
        await server.ConnectionsEndedAsync();
        Assert.Equal(0, server.Rented);
        Assert.Equal("ok", (await server.GetAsync("/")).Text);
        Assert.All(server.Log.TakeAll(), line => Assert.Equal("on purpose", line.Exception?.Message));
        // RunningServer looks once more when it has stopped.
    }

    /// <summary>Sends some messages, whole or torn, reads some of the answers, and leaves in some way.</summary>
    private static async Task BehaveAsync(RunningServer server, Random random)
    {
        using var client = await server.ConnectAsync();
        for (int i = random.Next(1, 4); i > 0; i--)
        {
            var bytes = Encoding.Latin1.GetBytes(string.Concat(Enumerable.Range(0, random.Next(1, 4)).Select(_ => Messages[random.Next(Messages.Length)])));
            int torn = random.Next(3) == 0 ? random.Next(bytes.Length + 1) : bytes.Length;
            if (!await client.TrySendAsync(bytes.AsMemory(0, torn)))
                break;
            if (random.Next(2) == 0)
                await client.ReadSomeAsync(random.Next(1, 5000));
        }
        switch (random.Next(4))
        {
            case 0:
                client.Reset();
                break;
            case 1:
                client.TryCompleteWrites();
                await client.ReadSomeAsync(random.Next(1, 5000));
                break;
            default:
                break;
        }
    }

    private static Route[] Routes() =>
    [
        Get("/", request => Response.Text("ok")),
        Post("/", async request => Response.Text(await request.TextAsync())),
        Route("*", "/large", request => Response.Bytes(new byte[300_000])),
        Get("/stream", async request =>
        {
            var response = new StreamResponse();
            await response.PrepareAsync(request);
            for (int i = 0; i < 10; i++)
            {
                await response.WriteAsync(new byte[10_000]);
                await Task.Yield();
            }
            return response;
        }),
        Get("/wait", async request =>
        {
            await Task.Delay(Timeout.Infinite, request.Aborted).ContinueWith(static _ => { }, TaskScheduler.Default);
            return Response.Text("gone");
        }),
        Get("/throw", request => throw new InvalidOperationException("on purpose")),
        Get("/break", async Task<StreamResponse> (request) =>
        {
            await new StreamResponse().PrepareAsync(request);
            throw new InvalidOperationException("on purpose");
        }),
    ];

    private static int Descriptors() => OperatingSystem.IsLinux() ? Directory.GetFileSystemEntries("/proc/self/fd").Length : 0;
}
