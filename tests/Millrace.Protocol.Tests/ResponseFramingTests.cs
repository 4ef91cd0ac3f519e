using Millrace.Protocol.Http1;
using Millrace.Protocol.Semantics;

namespace Millrace.Protocol.Tests;

public sealed class ResponseFramingTests
{
    private const long Unknown = ResponseFraming.UnknownLength;

    // method, status, minor version, declared length: framing, Content-Length, body bytes, kept alive
    public static TheoryData<string, int, int, long, string> Table => new()
    {
        { "Get", 200, 1, 5, "Length 5 body keep" },
        { "Get", 200, 1, 0, "Length 0 body keep" },
        { "Get", 200, 1, Unknown, "Chunked 0 body keep" },
        { "Get", 200, 0, 5, "Length 5 body keep" },
        { "Get", 200, 0, Unknown, "UntilClose 0 body close" },
        { "Get", 404, 1, Unknown, "Chunked 0 body keep" },
        { "Post", 201, 1, 3, "Length 3 body keep" },
        { "Head", 200, 1, 5, "Length 5 none keep" },
        { "Head", 200, 1, Unknown, "None 0 none keep" },
        { "Head", 200, 0, Unknown, "None 0 none keep" },
        { "Head", 204, 1, 5, "None 0 none keep" },
        { "Head", 304, 1, 5, "None 0 none keep" },
        { "Get", 100, 1, Unknown, "None 0 none keep" },
        { "Get", 101, 1, 5, "None 0 none keep" },
        { "Get", 103, 1, Unknown, "None 0 none keep" },
        { "Get", 204, 1, 5, "None 0 none keep" },
        { "Delete", 204, 1, 0, "None 0 none keep" },
        { "Get", 204, 1, Unknown, "None 0 none keep" },
        { "Get", 204, 0, Unknown, "None 0 none keep" },
        { "Get", 205, 1, 5, "Length 0 none keep" },
        { "Get", 205, 1, Unknown, "Length 0 none keep" },
        { "Get", 304, 1, 5, "None 0 none keep" },
        { "Get", 304, 1, Unknown, "None 0 none keep" },
        { "Connect", 200, 1, 5, "None 0 none close" },
        { "Connect", 299, 1, Unknown, "None 0 none close" },
        { "Connect", 405, 1, 5, "Length 5 body keep" },
        { "Connect", 502, 1, Unknown, "Chunked 0 body keep" },
        { "Other", 200, 1, Unknown, "Chunked 0 body keep" },
    };

    [Theory]
    [MemberData(nameof(Table))]
    public void Framing_follows_from_method_status_version_and_length(string method, int status, int minor, long length, string expected)
    {
        var framing = ResponseFraming.Decide(Enum.Parse<KnownMethod>(method), status, minor, length, keepAlive: true);
        Assert.Equal(
            expected,
            $"{framing.Body} {framing.ContentLength} {(framing.HasBody ? "body" : "none")} {(framing.KeepAlive ? "keep" : "close")}");
        Assert.False(ResponseFraming.Decide(Enum.Parse<KnownMethod>(method), status, minor, length, keepAlive: false).KeepAlive);
    }

    [Theory]
    [InlineData(1, true, "None")]
    [InlineData(1, false, "Close")]
    [InlineData(0, true, "KeepAlive")]
    [InlineData(0, false, "Close")]
    public void Connection_says_only_what_the_version_does_not(int minor, bool keepAlive, string expected) =>
        Assert.Equal(expected, ResponseFraming.Decide(KnownMethod.Get, 200, minor, 1, keepAlive).Directive(minor).ToString());
}
