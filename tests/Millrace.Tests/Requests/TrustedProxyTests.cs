using System.Net;

namespace Millrace.Tests.Requests;

/// <summary>What proxies say of the client (RFC 7239, and the X-Forwarded fields): believed from trusted networks, and from nobody else.</summary>
public sealed class TrustedProxyTests
{
    private const string Direct = "127.0.0.1 http a";

    [Theory]
    [InlineData("Forwarded: for=1.2.3.4;proto=https;host=b", "1.2.3.4 https b")]
    [InlineData("Forwarded: For=\"[2001:db8::1]:80\";Proto=HTTPS", "2001:db8::1 https a")]
    [InlineData("Forwarded: for=1.2.3.4:80", Direct)]
    [InlineData("Forwarded: for=\"1.2.3.4:80\"", "1.2.3.4 http a")]
    [InlineData("Forwarded: proto=https", "127.0.0.1 https a")]
    [InlineData("Forwarded: for=unknown;proto=https", "127.0.0.1 https a")]
    [InlineData("Forwarded: for=_hidden;host=\"b:80\"", "127.0.0.1 http b:80")]
    [InlineData("Forwarded: for=_hidden;host=b:80", Direct)]
    [InlineData("Forwarded: for=1.2.3.4;proto=ftp;host=\"b c\"", "1.2.3.4 http a")]
    [InlineData("Forwarded: for=6.6.6.6, for=1.2.3.4", "1.2.3.4 http a")]
    [InlineData("Forwarded: for=6.6.6.6;proto=https\r\nForwarded: for=1.2.3.4", "1.2.3.4 http a")]
    [InlineData("Forwarded: for=6.6.6.6, for=1.2.3.4;proto=https, for=10.0.0.7;proto=http", "1.2.3.4 https a")]
    [InlineData("Forwarded: for=1.2.3.4;host=b, for=10.0.0.8, for=10.0.0.7", "1.2.3.4 http b")]
    [InlineData("Forwarded: for=1.2.3.4, for=unknown, for=10.0.0.7", "10.0.0.7 http a")]
    [InlineData("Forwarded: for=10.0.0.8, for=10.0.0.7", "10.0.0.8 http a")]
    [InlineData("Forwarded: for=", Direct)]
    [InlineData("Forwarded: for=1.2.3.4,", Direct)]
    [InlineData("Forwarded: nonsense\r\nForwarded: for=1.2.3.4", Direct)]
    [InlineData("Forwarded: for=1", Direct)]
    [InlineData("Forwarded: for=010.1.1.1", Direct)]
    [InlineData("X-Forwarded-For: 1.2.3.4", Direct)]
    [InlineData("X: y", Direct)]
    public async Task Forwarded_tells_of_the_client_as_RFC_7239_says(string fields, string expected)
    {
        await using var server = Start(Kind.InMemory, ForwardedFields.Forwarded);
        Assert.Equal(expected, await AskAsync(server, fields));
    }

    [Theory]
    [InlineData("X-Forwarded-For: 1.2.3.4\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: b", "1.2.3.4 https b")]
    [InlineData("X-Forwarded-For: 2001:db8::1", "2001:db8::1 http a")]
    [InlineData("X-Forwarded-For: [2001:db8::1]:80", "2001:db8::1 http a")]
    [InlineData("X-Forwarded-For: 1.2.3.4:80", "1.2.3.4 http a")]
    [InlineData("X-Forwarded-For: 6.6.6.6, 1.2.3.4", "1.2.3.4 http a")]
    [InlineData("X-Forwarded-For: 6.6.6.6\r\nX-Forwarded-For: 1.2.3.4", "1.2.3.4 http a")]
    [InlineData("X-Forwarded-For: 6.6.6.6, 1.2.3.4, 10.0.0.7\r\nX-Forwarded-Proto: https", "1.2.3.4 https a")]
    [InlineData("X-Forwarded-For: 1.2.3.4, 10.0.0.7\r\nX-Forwarded-Proto: https, http", "1.2.3.4 https a")]
    [InlineData("X-Forwarded-For: 6.6.6.6, 1.2.3.4\r\nX-Forwarded-Proto: https, http", "1.2.3.4 http a")]
    [InlineData("X-Forwarded-For: 1.2.3.4, nonsense, 10.0.0.7", "10.0.0.7 http a")]
    [InlineData("X-Forwarded-For: nonsense", Direct)]
    [InlineData("X-Forwarded-For: 1", Direct)]
    [InlineData("X-Forwarded-For: 0x7f.1", Direct)]
    [InlineData("X-Forwarded-For: ", Direct)]
    [InlineData("X-Forwarded-For: 1.2.3.4\r\nX-Forwarded-Proto: javascript\r\nX-Forwarded-Host: b/c", "1.2.3.4 http a")]
    [InlineData("Forwarded: for=1.2.3.4", Direct)]
    public async Task The_X_Forwarded_fields_tell_of_the_client(string fields, string expected)
    {
        await using var server = Start(Kind.InMemory, ForwardedFields.XForwarded);
        Assert.Equal(expected, await AskAsync(server, fields));
    }

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task Nobody_is_believed_but_a_trusted_peer(Kind kind)
    {
        const string Fields = "Forwarded: for=1.2.3.4;proto=https;host=b\r\nX-Forwarded-For: 1.2.3.4\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: b";
        foreach (var fields in Enum.GetValues<ForwardedFields>())
        {
            await using var trusting = Start(kind, fields);
            Assert.Equal(fields == ForwardedFields.None ? Direct : "1.2.3.4 https b", await AskAsync(trusting, Fields));
            await using var other = Start(kind, fields, "10.0.0.0/8");
            Assert.Equal(Direct, await AskAsync(other, Fields));
        }
        await using var none = new RunningServer(kind, [Get("/", Show)]);
        Assert.Equal(Direct, await AskAsync(none, Fields));
    }

    [Fact]
    public void Trusting_nobody_is_a_mistake() => Assert.Throws<ArgumentException>(() => new TrustedProxies());

    private static RunningServer Start(Kind kind, ForwardedFields fields, params string[] networks) =>
        new(kind, [Get("/", Show)], new ServerOptions { Proxies = new TrustedProxies((networks.Length > 0 ? networks : ["127.0.0.0/8", "10.0.0.0/8"]).Select(network => IPNetwork.Parse(network))) { Fields = fields } });

    private static Response Show(Request request) => Response.Text($"{request.Remote} {request.Scheme} {request.Host}");

    private static async Task<string> AskAsync(RunningServer server, string fields) => (await server.AskAsync($"GET / HTTP/1.1\r\nHost: a\r\n{fields}\r\n\r\n")).Text;
}
