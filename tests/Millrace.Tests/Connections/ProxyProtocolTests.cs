using System.Net;
using System.Text;
using Microsoft.Extensions.Time.Testing;

namespace Millrace.Tests.Connections;

/// <summary>Connections that begin with a header of the PROXY protocol (HAProxy, doc/proxy-protocol.txt).</summary>
public sealed class ProxyProtocolTests
{
    private const string Line = "PROXY TCP4 1.2.3.4 5.6.7.8 1234 80\r\n";
    private const string Binary = "\r\n\r\n\0\r\nQUIT\n\u0021\u0011\0\u000c\u0001\u0002\u0003\u0004\u0005\u0006\u0007\u0008\u0004\u00d2\0\u0050";
    private const string Request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

    public static TheoryData<Kind, string> KindsAndHeaders
    {
        get
        {
            var data = new TheoryData<Kind, string>();
            foreach (var kind in Kinds.All)
            {
                data.Add(kind, Line);
                data.Add(kind, Binary);
            }
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(KindsAndHeaders))]
    public async Task The_client_is_whom_the_header_names_for_every_request_of_the_connection(Kind kind, string header)
    {
        await using var server = Start(kind);
        using var client = await server.ConnectAsync();
        Assert.Equal("1.2.3.4:1234", (await AskAsync(client, header + Request)).Text);
        Assert.Equal("1.2.3.4:1234", (await AskAsync(client, Request)).Text);
    }

    [Theory]
    [MemberData(nameof(KindsAndHeaders))]
    public async Task A_header_may_come_in_any_two_parts(Kind kind, string header)
    {
        await using var server = Start(kind);
        for (int split = 1; split <= header.Length; split++)
        {
            using var client = await server.ConnectAsync();
            await client.SendAsync(header[..split]);
            Assert.Equal("1.2.3.4:1234", (await AskAsync(client, header[split..] + Request)).Text);
        }
    }

    [Theory]
    [InlineData("PROXY UNKNOWN\r\n")]
    [InlineData("\r\n\r\n\0\r\nQUIT\n\u0020\0\0\0")]
    public async Task A_proxy_that_names_nobody_is_the_client_itself(string header)
    {
        await using var server = Start(Kind.InMemory);
        using var client = await server.ConnectAsync();
        Assert.StartsWith("127.0.0.1:", (await AskAsync(client, header + Request)).Text, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task A_trusted_peer_without_a_header_is_closed_without_a_word(Kind kind)
    {
        await using var server = Start(kind);
        foreach (string bytes in new[] { Request, "PROXY TCP4 1.2.3 5.6.7.8 1234 80\r\n" + Request })
        {
            using var client = await server.ConnectAsync();
            await client.SendAsync(bytes);
            await client.ExpectEndAsync();
        }
        Assert.Equal(2, server.Log.Lines.Count(line => line.Text.StartsWith("A request was refused: ", StringComparison.Ordinal)));
        using var half = await server.ConnectAsync();
        await half.SendAsync(Line[..10]);
        half.CompleteWrites();
        await half.ExpectEndAsync();
        await server.ConnectionsEndedAsync();
    }

    [Theory]
    [MemberData(nameof(KindsAndHeaders))]
    public async Task The_header_of_a_peer_that_is_not_trusted_is_garbage(Kind kind, string header)
    {
        await using var server = Start(kind, "10.0.0.0/8");
        using var client = await server.ConnectAsync();
        await client.SendAsync(header + Request);
        Assert.Equal(400, (await client.ReadAsync()).Status);
        await client.ExpectEndAsync();
        Assert.StartsWith("127.0.0.1:", (await server.GetAsync("/")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_header_is_no_request()
    {
        await using var server = Start(Kind.InMemory);
        using var client = await server.ConnectAsync();
        Assert.Equal(400, (await AskAsync(client, Line + Line + Request)).Status);
    }

    [Theory]
    [InlineData("")]
    [InlineData("PROXY TCP4 1.2")]
    public async Task A_header_that_does_not_come_is_cut_off_by_HeadTimeout(string part)
    {
        var time = new FakeTimeProvider();
        await using var server = Start(Kind.InMemory, time: time);
        using var client = await server.ConnectAsync();
        time.Advance(TimeSpan.FromSeconds(15));
        await client.SendAsync(part);
        time.Advance(TimeSpan.FromSeconds(14));
        Assert.Equal(1, server.Server.ConnectionCount);
        time.Advance(TimeSpan.FromSeconds(2));
        await client.ExpectEndAsync();
    }

    [Fact]
    public async Task The_header_and_the_head_behind_it_share_one_HeadTimeout()
    {
        var time = new FakeTimeProvider();
        await using var server = Start(Kind.InMemory, time: time);
        using var client = await server.ConnectAsync();
        time.Advance(TimeSpan.FromSeconds(20));
        await client.SendAsync(Line + "GET ");
        time.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal(408, (await client.ReadAsync()).Status);
        await client.ExpectEndAsync();
    }

    [Fact]
    public async Task A_server_that_stops_does_not_wait_for_a_header()
    {
        await using var server = Start(Kind.InMemory);
        using var client = await server.ConnectAsync();
        await server.StopAsync();
        await client.ExpectEndAsync();
    }

    [Fact]
    public async Task Fields_are_believed_if_the_header_names_a_trusted_proxy()
    {
        await using var server = Start(Kind.InMemory, fields: ForwardedFields.XForwarded);
        using var stranger = await server.ConnectAsync();
        Assert.Equal("1.2.3.4:1234", (await AskAsync(stranger, Line + "GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 6.6.6.6\r\n\r\n")).Text);
        using var proxy = await server.ConnectAsync();
        Assert.Equal("6.6.6.6:0", (await AskAsync(proxy, "PROXY TCP4 127.0.0.9 5.6.7.8 1 2\r\nGET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 6.6.6.6\r\n\r\n")).Text);
    }

    private static async Task<RawResponse> AskAsync(RawClient client, string bytes)
    {
        await client.SendAsync(Encoding.Latin1.GetBytes(bytes));
        return await client.ReadAsync();
    }

    private static RunningServer Start(Kind kind, string network = "127.0.0.0/8", ForwardedFields fields = ForwardedFields.None, TimeProvider? time = null) =>
        new(kind, [Get("/", request => Response.Text($"{request.RemoteEndPoint}"))], new ServerOptions
        {
            Proxies = new TrustedProxies(IPNetwork.Parse(network)) { ProxyProtocol = true, Fields = fields },
            HeadTimeout = TimeSpan.FromSeconds(30),
            TimeProvider = time ?? TimeProvider.System,
        });
}
