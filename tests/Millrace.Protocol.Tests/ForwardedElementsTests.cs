using System.Text;
using Millrace.Protocol.Semantics;

namespace Millrace.Protocol.Tests;

/// <summary>The Forwarded field (RFC 7239 section 4).</summary>
public sealed class ForwardedElementsTests
{
    [Theory]
    [InlineData("for=1.2.3.4", "1.2.3.4,-,-,-")]
    [InlineData("For=\"[2001:db8::1]:4711\"", "[2001:db8::1]:4711,-,-,-")]
    [InlineData("for=192.0.2.60;proto=http;by=203.0.113.43", "192.0.2.60,203.0.113.43,-,http")]
    [InlineData("for=192.0.2.43, for=198.51.100.17", "192.0.2.43,-,-,- 198.51.100.17,-,-,-")]
    [InlineData("for=192.0.2.43,for=\"[2001:db8:cafe::17]\",for=unknown", "192.0.2.43,-,-,- [2001:db8:cafe::17],-,-,- unknown,-,-,-")]
    [InlineData("for=_hidden;HOST=\"a:80\";PROTO=https", "_hidden,-,a:80,https")]
    [InlineData("secret=x;for=a;more=\"y,;=z\"", "a,-,-,-")]
    [InlineData("for=\"a\\\"b\\\\c\"", "a\"b\\c,-,-,-")]
    [InlineData("for=\"\"", ",-,-,-")]
    [InlineData(" \tfor=a \t; \tproto=b ,\t by=c ", "a,-,-,b -,c,-,-")]
    [InlineData("proto=http", "-,-,-,http")]
    public void Elements_are_read_in_their_order(string value, string expected)
    {
        var elements = ForwardedElements.Parse(Encoding.Latin1.GetBytes(value));
        Assert.NotNull(elements);
        Assert.Equal(expected, string.Join(' ', elements.Select(element => $"{element.For ?? "-"},{element.By ?? "-"},{element.Host ?? "-"},{element.Proto ?? "-"}")));
    }

    [Theory]
    [InlineData("")]
    [InlineData(",")]
    [InlineData(";")]
    [InlineData("for")]
    [InlineData("for=")]
    [InlineData("=a")]
    [InlineData("for =a")]
    [InlineData("for= a")]
    [InlineData("for=a b")]
    [InlineData("for=a for=b")]
    [InlineData("for=a,")]
    [InlineData("for=a;")]
    [InlineData("for=a,,for=b")]
    [InlineData("for=a;for=b")]
    [InlineData("for=a;FOR=b")]
    [InlineData("proto=a;proto=b")]
    [InlineData("host=a;host=b")]
    [InlineData("by=a;by=b")]
    [InlineData("for=1.2.3.4:80")]
    [InlineData("for=[::1]")]
    [InlineData("for=\"a")]
    [InlineData("for=\"a\\")]
    [InlineData("for=\"a\\\"")]
    [InlineData("for=\"a\"b")]
    [InlineData("f(r=a")]
    public void A_malformed_value_has_no_elements_at_all(string value) =>
        Assert.Null(ForwardedElements.Parse(Encoding.Latin1.GetBytes(value)));
}
