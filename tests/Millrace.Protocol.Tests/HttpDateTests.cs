using System.Globalization;
using System.Text;
using Millrace.Protocol.Semantics;

namespace Millrace.Protocol.Tests;

public sealed class HttpDateTests
{
    private static readonly DateTimeOffset Example = new(1994, 11, 6, 8, 49, 37, TimeSpan.Zero);
    private static readonly DateTimeOffset Now = new(2026, 5, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_date_is_written_as_IMF_fixdate_in_GMT()
    {
        var bytes = new byte[HttpDate.Length];
        HttpDate.Format(Example.ToOffset(TimeSpan.FromHours(5)), bytes);
        Assert.Equal("Sun, 06 Nov 1994 08:49:37 GMT", Encoding.ASCII.GetString(bytes));
    }

    [Fact]
    public void A_span_too_short_for_a_date_is_refused() =>
        Assert.Throws<ArgumentException>(() => HttpDate.Format(Example, new byte[HttpDate.Length - 1]));

    [Theory]
    [InlineData("Sun, 06 Nov 1994 08:49:37 GMT")]
    [InlineData("Sunday, 06-Nov-94 08:49:37 GMT")]
    [InlineData("Sun Nov  6 08:49:37 1994")]
    public void The_three_forms_of_one_date_are_read_alike(string text)
    {
        Assert.True(HttpDate.TryParse(Encoding.ASCII.GetBytes(text), Now, out var time));
        Assert.Equal(Example, time);
    }

    [Theory]
    [InlineData("Thu, 29 Feb 2024 23:59:59 GMT", "2024-02-29T23:59:59Z")]
    [InlineData("Sat, 31 Dec 2016 23:59:60 GMT", "2016-12-31T23:59:59Z")]
    [InlineData("Sat Nov 16 08:49:37 1996", "1996-11-16T08:49:37Z")]
    [InlineData("Friday, 01-May-76 00:00:00 GMT", "2076-05-01T00:00:00Z")]
    [InlineData("Sunday, 02-May-76 00:00:00 GMT", "1976-05-02T00:00:00Z")]
    [InlineData("Saturday, 31-Dec-77 00:00:00 GMT", "1977-12-31T00:00:00Z")]
    [InlineData("Friday, 31-Dec-99 23:59:59 GMT", "1999-12-31T23:59:59Z")]
    public void Edges_of_the_calendar_are_read_as_they_are(string text, string expected)
    {
        Assert.True(HttpDate.TryParse(Encoding.ASCII.GetBytes(text), Now, out var time));
        Assert.Equal(DateTimeOffset.Parse(expected, CultureInfo.InvariantCulture), time);
    }

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("Mon, 06 Nov 1994 08:49:37 GMT")]
    [InlineData("Sun, 06 Nov 1994 08:49:37 UTC")]
    [InlineData("Sun, 06 Nov 1994 08:49:37 gmt")]
    [InlineData("Sun, 06 Nov 1994 08:49:37 +0000")]
    [InlineData("sun, 06 Nov 1994 08:49:37 GMT")]
    [InlineData("Sun, 06 nov 1994 08:49:37 GMT")]
    [InlineData("Sun, 6 Nov 1994 08:49:37 GMT")]
    [InlineData("Sun, 06 Nov 1994 8:49:37 GMT")]
    [InlineData("Sun, 06 Nov 94 08:49:37 GMT")]
    [InlineData("Sun, 06  Nov 1994 08:49:37 GMT")]
    [InlineData("Sun, 06 Nov 1994 08:49:37 GMT ")]
    [InlineData(" Sun, 06 Nov 1994 08:49:37 GMT")]
    [InlineData("Sun, 06 Nov 1994 24:00:00 GMT")]
    [InlineData("Sun, 06 Nov 1994 08:60:37 GMT")]
    [InlineData("Sun, 06 Nov 1994 08:49:61 GMT")]
    [InlineData("Sun, 00 Nov 1994 08:49:37 GMT")]
    [InlineData("Wed, 31 Nov 1994 08:49:37 GMT")]
    [InlineData("Tue, 29 Feb 2023 00:00:00 GMT")]
    [InlineData("Sun, 06 Nov 0000 08:49:37 GMT")]
    [InlineData("Sun, +6 Nov 1994 08:49:37 GMT")]
    [InlineData("Sun, 06 Nov 199a 08:49:37 GMT")]
    [InlineData("Sun, 06 NovX1994 08:49:37 GMT")]
    [InlineData("Sun-06 Nov 1994 08:49:37 GMT")]
    [InlineData("Sunday, 06 Nov 1994 08:49:37 GMT")]
    [InlineData("Sunday, 06-Nov-1994 08:49:37 GMT")]
    [InlineData("Sundax, 06-Nov-94 08:49:37 GMT")]
    [InlineData("Monday, 06-Nov-94 08:49:37 GMT")]
    [InlineData("Sunday, 06-Nov-94 08:49:37 EST")]
    [InlineData("Sun Nov 6 08:49:37 1994")]
    [InlineData("Sun Nov  a 08:49:37 1994")]
    [InlineData("Sun Nov  6 08:49:37 1994 GMT")]
    [InlineData("Sun Nov  0 08:49:37 1994")]
    [InlineData("784111777000000000000000")]
    public void What_is_no_date_is_refused(string text) =>
        Assert.False(HttpDate.TryParse(Encoding.ASCII.GetBytes(text), Now, out _));

    [Fact]
    public void Every_day_of_a_century_comes_back_as_it_was_written()
    {
        var bytes = new byte[HttpDate.Length];
        for (var time = new DateTimeOffset(1970, 1, 1, 0, 0, 0, TimeSpan.Zero); time.Year < 2070; time = time.AddSeconds(86_400 + 3_723))
        {
            HttpDate.Format(time, bytes);
            Assert.True(HttpDate.TryParse(bytes, Now, out var read));
            Assert.Equal(time, read);
        }
    }
}
