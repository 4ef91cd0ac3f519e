using Millrace.Protocol.Semantics;

namespace Millrace.Protocol.Tests;

public sealed class OutgoingFieldsTests
{
    [Fact]
    public void A_value_may_have_what_fits_in_a_byte_and_is_no_control()
    {
        for (var value = 0; value <= 0x2FF; value++)
        {
            var isProper = value is '\t' or (>= 0x20 and <= 0xFF and not 0x7F);
            var error = Record.Exception(() => OutgoingFields.CheckValue("X", "a" + (char)value));
            Assert.Equal(isProper, error is null);
        }
    }

    [Fact]
    public void A_name_is_a_token()
    {
        for (var value = 0; value <= 0x2FF; value++)
        {
            var isProper = value < 0x80 && (char.IsAsciiLetterOrDigit((char)value) || "!#$%&'*+-.^_`|~".Contains((char)value));
            var error = Record.Exception(() => OutgoingFields.CheckName("a" + (char)value));
            Assert.Equal(isProper, error is null);
        }
    }

    [Theory]
    [InlineData("secret\r\n")]
    [InlineData("secret\u20AC")]
    public void A_refusal_names_the_field_and_the_repair_and_never_the_value(string value)
    {
        var error = Assert.Throws<ArgumentException>(() => OutgoingFields.Check("X-Token", value));
        Assert.Contains("X-Token", error.Message, StringComparison.Ordinal);
        Assert.Contains("index 6", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
        Assert.True(error.Message.Contains("remove", StringComparison.Ordinal) || error.Message.Contains("percent-encode", StringComparison.Ordinal));
    }

    [Fact]
    public void A_refusal_of_a_name_shows_no_control_and_no_novel()
    {
        var error = Assert.Throws<ArgumentException>(() => OutgoingFields.CheckName("a\r\n\u001B" + new string('b', 1000)));
        Assert.Contains("\"a???bbb", error.Message, StringComparison.Ordinal);
        Assert.True(error.Message.Length < 250);
    }

    [Theory]
    [InlineData(99)]
    [InlineData(600)]
    [InlineData(0)]
    public void A_status_that_is_none_is_refused(int status) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => OutgoingFields.CheckStatus(status));
}
