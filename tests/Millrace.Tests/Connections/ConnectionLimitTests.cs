using System.Net;
using Microsoft.Extensions.Time.Testing;
using Millrace.Connections;

namespace Millrace.Tests.Connections;

/// <summary>What comes beyond the most connections is told 503 and closed, is counted, and makes one line in the log.</summary>
public sealed class ConnectionLimitTests
{
    private static readonly Route[] Routes = [Get("/", request => Response.Text("ok"))];

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task What_comes_beyond_ConnectionsMax_is_answered_503_until_there_is_room_again(Kind kind)
    {
        await using var server = new RunningServer(kind, Routes, new ServerOptions { ConnectionsMax = 2 });
        using var counts = new Counts(server);
        using var first = await ServedAsync(server);
        using (var second = await ServedAsync(server))
        {
            for (int i = 0; i < 3; i++)
                await ExpectRefusalAsync(server);
            await second.GetAsync("/");
            Assert.Equal("ok", (await second.ReadAsync()).Text);
        }
        await Deadline.UntilAsync(() => server.Server.ConnectionCount == 1, "the end of all connections but the first");
        using var third = await ServedAsync(server);
        Assert.Equal(3, counts["millrace.rejected_connections server"]);
        Assert.Contains("Refused 3", counts.Ends);
        Assert.Contains("ConnectionsMax", server.Log.TakeOne().Text);
    }

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task What_comes_from_one_address_beyond_ConnectionsPerAddressMax_is_answered_503_and_no_complaint(Kind kind)
    {
        await using var server = new RunningServer(kind, Routes, new ServerOptions { ConnectionsPerAddressMax = 1 });
        using var counts = new Counts(server);
        using (var first = await ServedAsync(server))
            await ExpectRefusalAsync(server);
        await server.ConnectionsEndedAsync();
        using var next = await ServedAsync(server);
        Assert.Equal(1, counts["millrace.rejected_connections address"]);
    }

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task What_may_wait_is_served_in_turn_and_the_next_is_refused(Kind kind)
    {
        await using var server = new RunningServer(kind, Routes, new ServerOptions { ConnectionsMax = 1, ConnectionsWaitingMax = 2, ConnectionsPerAddressMax = 3 });
        using var counts = new Counts(server);
        var first = await ServedAsync(server);
        using var second = await server.ConnectAsync();
        await Deadline.UntilAsync(() => server.Server.ConnectionCount == 2, "the second connection");
        await second.GetAsync("/");
        using var third = await server.ConnectAsync();
        await Deadline.UntilAsync(() => server.Server.ConnectionCount == 3, "the third connection");
        await third.GetAsync("/");
        await ExpectRefusalAsync(server);
        Assert.Equal(1, server.Server.RequestCount);
        first.Dispose();
        Assert.Equal("ok", (await second.ReadAsync()).Text);
        second.Dispose();
        Assert.Equal("ok", (await third.ReadAsync()).Text);
        third.Dispose();
        await server.ConnectionsEndedAsync();
        // Nobody's place was lost on the way.
        using var last = await ServedAsync(server);
        Assert.Equal(1, counts["millrace.rejected_connections server"]);
        _ = server.Log.TakeOne();
    }

    [Fact]
    public async Task Who_waited_for_HeadTimeout_is_refused_and_its_place_in_the_queue_is_free()
    {
        var time = new FakeTimeProvider();
        await using var server = new RunningServer(Kind.InMemory, Routes, new ServerOptions { ConnectionsMax = 1, ConnectionsWaitingMax = 1, TimeProvider = time });
        using var first = await ServedAsync(server);
        using (var second = await server.ConnectAsync())
        {
            time.Advance(TimeSpan.FromSeconds(29));
            Assert.Equal(0, second.InMemory.BytesFromServer);
            time.Advance(TimeSpan.FromSeconds(2));
            Assert.Equal(503, (await second.ReadAsync()).Status);
            await second.ExpectEndAsync();
        }
        await Deadline.UntilAsync(() => server.Server.ConnectionCount == 1, "the end of the refused");
        using var third = await server.ConnectAsync();
        await third.GetAsync("/");
        first.Dispose();
        Assert.Equal("ok", (await third.ReadAsync()).Text);
        _ = server.Log.TakeOne();
    }

    [Fact]
    public async Task Who_waits_when_the_server_stops_is_told_503()
    {
        await using var server = new RunningServer(Kind.InMemory, Routes, new ServerOptions { ConnectionsMax = 1, ConnectionsWaitingMax = 1 });
        using var first = await ServedAsync(server);
        using var second = await server.ConnectAsync();
        await second.GetAsync("/");
        await server.Server.StopAsync(TimeSpan.FromSeconds(10));
        Assert.Equal(503, (await second.ReadAsync()).Status);
        Assert.Equal(0, server.Server.ConnectionCount);
        _ = server.Log.TakeOne();
    }

    [Fact]
    public async Task A_trusted_proxy_has_no_limit_of_its_own()
    {
        var options = new ServerOptions { ConnectionsPerAddressMax = 1, Proxies = new TrustedProxies(IPNetwork.Parse("127.0.0.0/8")) };
        await using var server = new RunningServer(Kind.InMemory, Routes, options);
        using var first = await ServedAsync(server);
        using var second = await ServedAsync(server);
    }

    [Fact]
    public async Task When_there_are_too_many_even_to_tell_them_they_are_only_closed()
    {
        await using var server = new RunningServer(Kind.InMemory, Routes, new ServerOptions { ConnectionsMax = 1 });
        using var counts = new Counts(server);
        using var served = await ServedAsync(server);
        var refused = new List<RawClient>();
        for (int i = 0; i < 64; i++)
            refused.Add(await server.ConnectAsync());
        using (var overrun = await server.ConnectAsync())
            await overrun.ExpectEndAsync();
        Assert.Equal(65, counts["millrace.rejected_connections server"]);
        refused.ForEach(client => client.Dispose());
        await Deadline.UntilAsync(() => server.Server.ConnectionCount == 1, "the end of the refused");
        await ExpectRefusalAsync(server);
        _ = server.Log.TakeOne();
    }

    [Theory]
    [InlineData("10.1.2.3", "10.1.2.3", true)]
    [InlineData("10.1.2.3", "::ffff:10.1.2.3", true)]
    [InlineData("10.1.2.3", "10.1.2.4", false)]
    [InlineData("2001:db8::1", "2001:db8::ffff:1", true)]
    [InlineData("2001:db8::1", "2001:db8:0:1::1", false)]
    public void An_IPv4_address_counts_for_itself_and_an_IPv6_address_for_its_network_of_64_bits(string one, string other, bool isSame) =>
        Assert.Equal(isSame, Admission.KeyOf(IPAddress.Parse(one)) == Admission.KeyOf(IPAddress.Parse(other)));

    [Fact]
    public void A_limit_below_1_throws()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new ServerOptions { ConnectionsMax = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new ServerOptions { ConnectionsPerAddressMax = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new ServerOptions { ConnectionsWaitingMax = -1 });
    }

    private static async Task<RawClient> ServedAsync(RunningServer server)
    {
        var client = await server.ConnectAsync();
        await client.GetAsync("/");
        Assert.Equal("ok", (await client.ReadAsync()).Text);
        return client;
    }

    private static async Task ExpectRefusalAsync(RunningServer server)
    {
        using var client = await server.ConnectAsync();
        var response = await client.ReadAsync();
        Assert.Equal(503, response.Status);
        Assert.True(response.Closes);
        await client.ExpectEndAsync();
    }
}
