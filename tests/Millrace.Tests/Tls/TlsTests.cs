using System.Security.Authentication;
using Microsoft.Extensions.Time.Testing;

namespace Millrace.Tests.Tls;

/// <summary>HTTP over TLS: what holds in the clear holds here.</summary>
public sealed class TlsTests
{
    public static TheoryData<Kind, SslProtocols> KindsAndProtocols
    {
        get
        {
            var data = new TheoryData<Kind, SslProtocols>();
            foreach (var kind in Kinds.All)
            {
                data.Add(kind, SslProtocols.Tls12);
                data.Add(kind, SslProtocols.Tls13);
            }
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(KindsAndProtocols))]
    public async Task A_connection_serves_requests_one_after_the_other_and_says_how_it_is_encrypted(Kind kind, SslProtocols protocol)
    {
        await using var server = Start(kind);
        using var client = await server.ConnectSecurelyAsync(TestCertificates.Client(protocols: protocol));
        for (int i = 0; i < 3; i++)
        {
            await client.GetAsync("/");
            Assert.Equal($"https {protocol} http/1.1 localhost", (await client.ReadAsync()).Text);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task A_request_in_the_clear_has_no_TLS(Kind kind)
    {
        await using var server = new RunningServer(kind, [Get("/", request => Response.Text($"{request.Scheme} {request.Tls is null} {request.ClientCertificate is null}"))]);
        Assert.Equal("http True True", (await server.GetAsync("/")).Text);
    }

    [Theory]
    [MemberData(nameof(KindsAndProtocols))]
    public async Task Pipelined_requests_are_answered_in_order(Kind kind, SslProtocols protocol)
    {
        await using var server = Start(kind);
        using var client = await server.ConnectSecurelyAsync(TestCertificates.Client(protocols: protocol));
        await client.SendAsync(string.Concat(Enumerable.Range(0, 100).Select(i => $"GET /say/{i} HTTP/1.1\r\nHost: a\r\n\r\n")));
        for (int i = 0; i < 100; i++)
            Assert.Equal(i.ToString(provider: null), (await client.ReadAsync()).Text);
    }

    [Theory]
    [MemberData(nameof(KindsAndProtocols))]
    public async Task Large_bodies_come_through_whole_both_ways(Kind kind, SslProtocols protocol)
    {
        byte[] body = Patterns.Bytes(3_000_000);
        await using var server = Start(kind);
        using var client = await server.ConnectSecurelyAsync(TestCertificates.Client(protocols: protocol));
        for (int i = 0; i < 2; i++)
        {
            var sending = SendAsync(client, body);
            var response = await client.ReadAsync();
            await sending;
            Assert.Equal(body, response.Body);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task Responses_of_every_size_around_that_of_a_record_come_through(Kind kind)
    {
        await using var server = Start(kind);
        using var client = await server.ConnectSecurelyAsync();
        foreach (int size in (int[])[0, 1, 2048, 2049, 4096, 16_000, 16_384 - 150, 16_384, 16_385, 32_768, 40_000, 70_000])
        {
            await client.GetAsync($"/bytes/{size}");
            Assert.Equal(Patterns.Bytes(size), (await client.ReadAsync()).Body);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task Records_that_come_byte_by_byte_are_put_together(Kind kind)
    {
        await using var server = Start(kind);
        using var client = await server.ConnectAsync();
        await client.SecureAsync(TestCertificates.Client(), stream => new DrippingStream(stream));
        for (int i = 0; i < 3; i++)
        {
            await client.GetAsync("/say/hello");
            Assert.Equal("hello", (await client.ReadAsync()).Text);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task An_idle_connection_holds_no_buffer(Kind kind)
    {
        await using var server = Start(kind);
        var clients = new List<RawClient>();
        for (int i = 0; i < 20; i++)
        {
            var client = await server.ConnectSecurelyAsync();
            clients.Add(client);
            for (int n = 0; n < i % 3; n++)
            {
                await client.GetAsync("/say/hello");
                Assert.Equal("hello", (await client.ReadAsync()).Text);
            }
            await Deadline.UntilAsync(() => server.Rented == 0, "the return of every buffer");
        }
        Assert.Equal(20, server.Server.ConnectionCount);
        clients.ForEach(client => client.Dispose());
    }

    [Theory]
    [MemberData(nameof(KindsAndProtocols))]
    public async Task A_client_that_ends_its_side_still_gets_its_answer(Kind kind, SslProtocols protocol)
    {
        var gate = new Gate();
        await using var server = new RunningServer(kind, [Get("/", async request =>
        {
            await gate.PassAsync();
            return Response.Text("late");
        })], tls: TestCertificates.Server);
        using var client = await server.ConnectAsync();
        var session = await client.SecureAsync(TestCertificates.Client(protocols: protocol));
        await client.GetAsync("/");
        await gate.Arrived;
        await session.ShutdownAsync();
        gate.Open();
        Assert.Equal("late", (await client.ReadAsync()).Text);
        await client.ExpectEndAsync();
    }

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task The_server_says_that_it_ends_before_it_closes(Kind kind)
    {
        await using var server = Start(kind);
        using var client = await server.ConnectAsync();
        RecordsSeen? records = null;
        await client.SecureAsync(TestCertificates.Client(protocols: SslProtocols.Tls12), stream => records = new RecordsSeen(stream));
        await client.GetAsync("/say/bye", "Connection: close\r\n");
        Assert.Equal("bye", (await client.ReadAsync()).Text);
        await client.ExpectEndAsync();
        // An alert, and no FIN without one (RFC 5246 section 7.2.1).
        Assert.Equal(21, records!.LastType);
    }

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task A_handler_learns_that_its_client_has_gone(Kind kind)
    {
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var gate = new Gate();
        await using var server = new RunningServer(kind, [Get("/", async request =>
        {
            request.Aborted.Register(gone.SetResult);
            await gate.PassAsync();
            return new Response();
        })], tls: TestCertificates.Server);
        using var client = await server.ConnectSecurelyAsync();
        await client.GetAsync("/");
        await gate.Arrived;
        client.Dispose();
        await gone.Task.InTime();
        gate.Open();
    }

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task A_connection_that_breaks_in_the_middle_of_a_body_or_of_a_record_leaves_nothing_behind(Kind kind)
    {
        await using var server = Start(kind);
        foreach (int cut in (int[])[1, 4, 5, 6, 200, 20_000])
        {
            using var client = await server.ConnectAsync();
            CuttingStream? cutting = null;
            await client.SecureAsync(TestCertificates.Client(), stream => cutting = new CuttingStream(stream));
            await client.SendAsync("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n");
            cutting!.Left = cut;
            await client.SendAsync(new byte[50_000]);
            client.Dispose();
        }
        await server.ConnectionsEndedAsync();
        Assert.Equal(0, server.Rented);
    }

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task A_damaged_record_ends_the_connection_and_nothing_else(Kind kind)
    {
        await using var server = Start(kind);
        using var client = await server.ConnectAsync();
        CuttingStream? cutting = null;
        await client.SecureAsync(TestCertificates.Client(), stream => cutting = new CuttingStream(stream));
        await cutting!.Inner.WriteAsync((byte[])[23, 3, 3, 0, 30, .. new byte[30]]);
        await server.ConnectionsEndedAsync();
        using var other = await server.ConnectSecurelyAsync();
        await other.GetAsync("/say/hello");
        Assert.Equal("hello", (await other.ReadAsync()).Text);
    }

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task An_idle_server_stops_at_once(Kind kind)
    {
        await using var server = Start(kind);
        using var silent = await server.ConnectAsync();
        using var idle = await server.ConnectSecurelyAsync();
        await idle.GetAsync("/say/hello");
        await idle.ReadAsync();
        await server.StopAsync();
        await idle.ExpectEndAsync();
        await silent.ExpectEndAsync();
    }

    [Theory]
    [MemberData(nameof(KindsAndProtocols))]
    public async Task A_handshake_that_ends_while_the_server_ends_still_gets_its_request_answered(Kind kind, SslProtocols protocol)
    {
        var clock = new FakeTimeProvider();
        var gate = new Gate();
        var tls = new TlsOptions { Certificate = TlsCertificate.From(TestCertificates.OfServer), HandshakeTimeout = Timeout.InfiniteTimeSpan };
        await using var server = new RunningServer(kind, [Get("/", request => Response.Text("hello"))], new ServerOptions { TimeProvider = clock }, tls);
        using var silent = await server.ConnectAsync();
        using var client = await server.ConnectAsync();
        var securing = client.SecureAsync(TestCertificates.Client(protocols: protocol), stream => new WaitingStream(stream, gate));
        await gate.Arrived;
        await Deadline.UntilAsync(() => server.Server.ConnectionCount == 2, "both connections");
        var ending = server.StopAsync();
        // Until those that say nothing are closed.
        await Deadline.UntilAsync(() =>
        {
            clock.Advance(TimeSpan.FromMilliseconds(10));
            return server.Server.ConnectionCount == 1;
        }, "the end of the silent connection");
        gate.Open();
        await securing;
        var response = await client.AskForAsync("/");
        Assert.Equal(("hello", true), (response.Text, response.Closes));
        client.Dispose();
        await ending;
    }

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task The_header_of_a_proxy_stands_in_front_of_the_handshake(Kind kind)
    {
        var options = new ServerOptions { Proxies = new TrustedProxies(System.Net.IPNetwork.Parse("127.0.0.0/8")) { ProxyProtocol = true } };
        await using var server = new RunningServer(kind, [Get("/", request => Response.Text($"{request.Remote} {request.Scheme}"))], options, TestCertificates.Server);
        using var client = await server.ConnectAsync();
        await client.SecureAsync(TestCertificates.Client(), stream => new PrefixingStream(stream, "PROXY TCP4 1.2.3.4 5.6.7.8 1234 80\r\n"u8.ToArray()));
        await client.GetAsync("/");
        Assert.Equal("1.2.3.4 https", (await client.ReadAsync()).Text);
    }

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task Another_protocol_is_spoken_through_TLS(Kind kind)
    {
        await using var server = new RunningServer(kind, [Get("/", async request =>
        {
            var upgrade = new UpgradeResponse("echo");
            var stream = await upgrade.AcceptAsync(request);
            await stream.CopyToAsync(stream);
            return upgrade;
        })], tls: TestCertificates.Server);
        using var client = await server.ConnectAsync();
        var session = await client.SecureAsync(TestCertificates.Client());
        await client.GetAsync("/", "Connection: Upgrade\r\nUpgrade: echo\r\n");
        await client.ReadHeadAsync();
        byte[] sent = Patterns.Bytes(100_000);
        var sending = client.SendAsync(sent);
        Assert.Equal(sent, await client.ReadExactlyAsync(sent.Length));
        await sending;
        await session.ShutdownAsync();
        await client.ExpectEndAsync();
    }

    private static RunningServer Start(Kind kind) => new(kind,
    [
        Get("/", request => Response.Text($"{request.Scheme} {request.Tls!.Protocol} {request.Tls.ApplicationProtocol} {request.Tls.ServerName}")),
        Get("/say/{word}", request => Response.Text(request.Match["word"])),
        Get("/bytes/{count}", request => Response.Bytes(Patterns.Bytes(int.Parse(request.Match["count"], provider: null)))),
        Post("/echo", async request => Response.Bytes(await request.Body.ReadAllAsync(10_000_000))),
    ], tls: TestCertificates.Server);

    private static async Task SendAsync(RawClient client, byte[] body)
    {
        await client.SendAsync($"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: {body.Length}\r\n\r\n");
        await client.SendAsync(body);
    }
}
