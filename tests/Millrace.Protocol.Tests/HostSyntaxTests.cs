using System.Net;
using System.Text;
using Millrace.Protocol.Semantics;

namespace Millrace.Protocol.Tests;

public sealed class HostSyntaxTests
{
    [Theory]
    [InlineData("a", 1, -1)]
    [InlineData("a:", 1, -1)]
    [InlineData("a:80", 1, 80)]
    [InlineData("a.b-c_d~e:65535", 9, 65535)]
    [InlineData("[::1]", 5, -1)]
    [InlineData("[::1]:443", 5, 443)]
    [InlineData("1.2.3.4:00080", 7, 80)]
    public void A_host_is_cut_from_its_port(string value, int hostLength, int port)
    {
        Assert.True(HostSyntax.TryParse(Encoding.Latin1.GetBytes(value), out var length, out var number));
        Assert.Equal((hostLength, port), (length, number));
    }

    [Theory]
    [InlineData("")]
    [InlineData(":")]
    [InlineData("[")]
    [InlineData("]")]
    [InlineData("[]")]
    [InlineData("[::1]80")]
    [InlineData("a]")]
    [InlineData("a:b")]
    [InlineData("a:1:2")]
    [InlineData("a%41")]
    [InlineData("a!b")]
    [InlineData("a'b")]
    [InlineData("a*b")]
    [InlineData("*")]
    [InlineData("a=b")]
    [InlineData("a|b")]
    [InlineData("a^b")]
    [InlineData("{a}")]
    [InlineData("a\u0080")]
    public void What_names_no_host_is_refused(string value) =>
        Assert.False(HostSyntax.TryParse(Encoding.Latin1.GetBytes(value), out _, out _));

    [Theory]
    [InlineData("a", "A", 80, true)]
    [InlineData("a", "a:80", 80, true)]
    [InlineData("a:", "a:80", 80, true)]
    [InlineData("a:443", "a:80", 80, false)]
    [InlineData("a", "a:80", 443, false)]
    [InlineData("a", "b", 80, false)]
    [InlineData("[::A]", "[::a]:80", 80, true)]
    [InlineData("a", "a/", 80, false)]
    public void Authorities_are_compared_by_host_and_port(string left, string right, int defaultPort, bool isSame) =>
        Assert.Equal(isSame, HostSyntax.SameAuthority(Encoding.ASCII.GetBytes(left), Encoding.ASCII.GetBytes(right), defaultPort));

    [Theory]
    [InlineData("1:2:3:4:5:6:7:8", true)]
    [InlineData("1:2:3::5:6:7:8", true)]
    [InlineData("1:2:3:4::5:6:7:8", false)]
    [InlineData("::1:2:3:4:5:6:7:8", false)]
    [InlineData("1:2:3:4:5:6:7:8::", false)]
    [InlineData("1:2:3:4:5:6:1.2.3.4", true)]
    [InlineData("1:2:3:4:5::1.2.3.4", true)]
    [InlineData("1:2:3:4:5:6::1.2.3.4", false)]
    [InlineData("1:2:3:4:5:6:7:1.2.3.4", false)]
    [InlineData("::1.2.3.4:5", false)]
    [InlineData("::1.2.3", false)]
    [InlineData("::1.2.3.04", false)]
    [InlineData("1.2.3.4", false)]
    [InlineData("", false)]
    [InlineData(":", false)]
    [InlineData(":::", false)]
    [InlineData(":1::", false)]
    [InlineData("1:::2", false)]
    public void A_double_colon_stands_for_one_group_at_least(string text, bool isAddress) =>
        Assert.Equal(isAddress, Ipv6Syntax.IsAddress(Encoding.ASCII.GetBytes(text)));

    // IPAddress knows more than RFC 3986 (zones, ports, brackets, leading zeros): over this alphabet, without those, the two agree.
    [Fact]
    public void IPv6_addresses_are_judged_as_the_runtime_judges_them()
    {
        var random = new Random(20260501);
        string[] pieces = ["::", ":", "1", "ab", "FFFF", "0", "1.2.3.4", "255", ".", "g", "12345"];
        var accepted = 0;
        for (var round = 0; round < 200_000; round++)
        {
            var text = new StringBuilder();
            for (var count = random.Next(1, 10); count > 0; count--)
                text.Append(pieces[random.Next(pieces.Length)]);
            var value = text.ToString();
            var expected = value.Contains(':') && IPAddress.TryParse(value, out _) && !value.Contains("..", StringComparison.Ordinal);
            if (Ipv6Syntax.IsAddress(Encoding.ASCII.GetBytes(value)) != expected)
                Assert.Fail($"{value}: the runtime says {expected}");
            accepted += expected ? 1 : 0;
        }

        Assert.True(accepted > 1000);
    }
}
