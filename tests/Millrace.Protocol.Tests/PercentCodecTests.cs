using System.Text;
using Millrace.Protocol.Semantics;

namespace Millrace.Protocol.Tests;

public sealed class PercentCodecTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("/a/b", "/a/b")]
    [InlineData("/a%20b", "/a b")]
    [InlineData("/%41%6a%6A", "/Ajj")]
    [InlineData("/caf%C3%A9", "/caf\u00E9")]
    [InlineData("/%e2%82%ac", "/\u20AC")]
    [InlineData("/%F0%9F%98%80!", "/\U0001F600!")]
    [InlineData("/a+b", "/a+b")]
    [InlineData("/%2F%25", "//%")]
    [InlineData("/%00", "/\0")]
    public void Escapes_become_the_characters_they_stand_for(string text, string expected) => Assert.Equal(expected, Decode(text));

    [Theory]
    [InlineData("/%")]
    [InlineData("/%4")]
    [InlineData("/%zz")]
    [InlineData("/%4g")]
    [InlineData("/% 41")]
    [InlineData("/%+1")]
    [InlineData("/%FF")]
    [InlineData("/%C3")]
    [InlineData("/%C3x")]
    [InlineData("/%C3%")]
    [InlineData("/%C0%AF")]
    [InlineData("/%E0%80%AF")]
    [InlineData("/%ED%A0%80")]
    [InlineData("/%F4%90%80%80")]
    [InlineData("/%80")]
    [InlineData("/%F0%9F%98")]
    public void Escapes_that_mean_nothing_stay_as_they_are(string text) => Assert.Equal(text, Decode(text));

    [Fact]
    public void A_good_escape_behind_a_bad_one_is_decoded() => Assert.Equal("/%C3A%FF\u00E9%", Decode("/%C3%41%FF%c3%a9%"));

    [Theory]
    [InlineData("/a%2Fb", "/a%2Fb")]
    [InlineData("/a%2fb%41", "/a%2fbA")]
    [InlineData("/100%25", "/100%25")]
    [InlineData("/%252F", "/%252F")]
    [InlineData("/%C3%A9%2F", "/\u00E9%2F")]
    public void For_routing_slash_and_percent_stay_escaped(string text, string expected) =>
        Assert.Equal(expected, PercentCodec.DecodeKeepingSlashes(Encoding.ASCII.GetBytes(text)));

    [Theory]
    [InlineData(511)]
    [InlineData(512)]
    [InlineData(513)]
    [InlineData(5000)]
    public void Length_makes_no_difference(int length)
    {
        var text = string.Concat(Enumerable.Repeat("%C3%A9", length / 6)) + new string('a', length % 6);
        Assert.Equal(Uri.UnescapeDataString(text), Decode(text));
    }

    private static string Decode(string text) => PercentCodec.Decode(Encoding.Latin1.GetBytes(text));
}
