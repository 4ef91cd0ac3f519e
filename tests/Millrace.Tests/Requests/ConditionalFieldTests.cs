using Microsoft.Extensions.Time.Testing;

namespace Millrace.Tests.Requests;

/// <summary>The fields of conditional and range requests as typed values (RFC 9110 sections 13 and 14).</summary>
public sealed class ConditionalFieldTests
{
    [Theory]
    [InlineData("\"a\"", "\"a\"")]
    [InlineData("\"a\", W/\"b\" ,\"c,d\"", "\"a\" W/\"b\" \"c,d\"")]
    [InlineData(",, \"a\",, \"b\",", "\"a\" \"b\"")]
    [InlineData("*", "*")]
    [InlineData("\"*\"", "\"*\"")]
    [InlineData("\"\"", "\"\"")]
    [InlineData("", "")]
    [InlineData("a", "")]
    [InlineData("\"a\" \"b\"", "\"a\"")]
    [InlineData("\"a\", w/\"b\", \"c\"", "\"a\"")]
    [InlineData("\"a b\"", "")]
    [InlineData("\"a", "")]
    [InlineData("\"\u00FF\"", "\"\u00FF\"")]
    public async Task Tags_are_read_as_far_as_they_are_tags(string field, string expected)
    {
        foreach (string name in new[] { "If-Match", "If-None-Match" })
        {
            await WithAsync($"{name}: {field}", request =>
            {
                var tags = name == "If-Match" ? request.IfMatch : request.IfNoneMatch;
                Assert.Equal(expected, string.Join(' ', tags!));
                Assert.Null(name == "If-Match" ? request.IfNoneMatch : request.IfMatch);
            });
        }
        await WithAsync($"If-Match: \"first\"\r\nIf-Match: {field}", request => Assert.Equal($"\"first\" {expected}".TrimEnd(), string.Join(' ', request.IfMatch!)));
    }

    [Fact]
    public void Tags_compare_strongly_and_weakly()
    {
        // The table of RFC 9110 section 8.8.3.2.
        ETag weak1 = new("1", isWeak: true), weak2 = new("2", isWeak: true), strong1 = new("1");
        Assert.Equal((false, true), (weak1.StrongMatches(weak1), weak1.WeakMatches(weak1)));
        Assert.Equal((false, false), (weak1.StrongMatches(weak2), weak1.WeakMatches(weak2)));
        Assert.Equal((false, true), (weak1.StrongMatches(strong1), weak1.WeakMatches(strong1)));
        Assert.Equal((true, true), (strong1.StrongMatches(strong1), strong1.WeakMatches(strong1)));
        Assert.True(ETag.Any.StrongMatches(strong1) && strong1.WeakMatches(ETag.Any));
        Assert.Equal("", default(ETag).Value);
    }

    [Theory]
    [InlineData("a b")]
    [InlineData("a\"b")]
    [InlineData("\"a\"")]
    [InlineData("a\r\n")]
    [InlineData("\u0100")]
    public void A_tag_of_other_characters_throws(string value) => Assert.Throws<ArgumentException>(() => new ETag(value));

    [Theory]
    [InlineData("Sun, 06 Nov 1994 08:49:37 GMT", "1994-11-06T08:49:37Z")]
    [InlineData("Sunday, 06-Nov-94 08:49:37 GMT", "1994-11-06T08:49:37Z")]
    [InlineData("Sun Nov  6 08:49:37 1994", "1994-11-06T08:49:37Z")]
    [InlineData("Sunday, 06-Nov-44 08:49:37 GMT", "2044-11-06T08:49:37Z")]
    [InlineData("Mon, 06 Nov 1994 08:49:37 GMT", null)]
    [InlineData("1994-11-06T08:49:37Z", null)]
    [InlineData("784111777", null)]
    [InlineData("", null)]
    [InlineData("Sun, 06 Nov 1994 08:49:37 GMT and something very long behind it", null)]
    public async Task Dates_are_read_or_ignored(string field, string? expected)
    {
        DateTimeOffset? date = expected is null ? null : DateTimeOffset.Parse(expected, System.Globalization.CultureInfo.InvariantCulture);
        await WithAsync($"If-Modified-Since: {field}", request => Assert.Equal((date, null), (request.IfModifiedSince, request.IfUnmodifiedSince)));
        await WithAsync($"If-Unmodified-Since: {field}", request => Assert.Equal((null, date), (request.IfModifiedSince, request.IfUnmodifiedSince)));
        await WithAsync($"If-Range: {field}", request => Assert.Equal(new RangeCondition(null, date), request.IfRange));
    }

    [Fact]
    public async Task If_Range_is_a_tag_or_a_date()
    {
        await WithAsync("If-Range: \"a\"", request => Assert.Equal(new RangeCondition(new ETag("a"), null), request.IfRange));
        await WithAsync("If-Range: W/\"a\"", request => Assert.Equal(new RangeCondition(new ETag("a", true), null), request.IfRange));
        await WithAsync("If-Range: \"a\", \"b\"", request => Assert.Equal(new RangeCondition(null, null), request.IfRange));
        await WithAsync("X: 1", request => Assert.Null(request.IfRange));
    }

    [Theory]
    [InlineData("bytes=0-99", "0-99")]
    [InlineData("BYTES=0-", "0-")]
    [InlineData("bytes=-500", "-500")]
    [InlineData("bytes=0-0, 5-9 ,,-1", "0-0 5-9 -1")]
    [InlineData("bytes=0-99999999999999999999999", "0-9223372036854775807")]
    [InlineData("bytes=99999999999999999999999-", "9223372036854775807-")]
    [InlineData("bytes=", null)]
    [InlineData("bytes=,", null)]
    [InlineData("bytes=-", null)]
    [InlineData("bytes=5-4", null)]
    [InlineData("bytes=0-9, 5-4", null)]
    [InlineData("bytes=+1-2", null)]
    [InlineData("bytes=1 -2", null)]
    [InlineData("bytes=\u0661-2", null)]
    [InlineData("bytes=0x1-2", null)]
    [InlineData("bytes 0-1", null)]
    [InlineData("lines=0-1", null)]
    [InlineData("0-1", null)]
    public async Task Ranges_are_read_or_ignored(string field, string? expected)
    {
        if (field.Contains('\u0661', StringComparison.Ordinal))
            Assert.Null(ByteRange.ParseList(field));
        else
            await WithAsync($"Range: {field}", request => Assert.Equal(expected, request.Range is { } ranges ? string.Join(' ', ranges.Select(range => $"{range.First}-{range.Last}")) : null));
    }

    [Theory]
    [InlineData(0L, 4L, 10, true, 0, 5)]
    [InlineData(0L, 99L, 10, true, 0, 10)]
    [InlineData(5L, null, 10, true, 5, 5)]
    [InlineData(9L, null, 10, true, 9, 1)]
    [InlineData(10L, null, 10, false, 0, 0)]
    [InlineData(null, 3L, 10, true, 7, 3)]
    [InlineData(null, 30L, 10, true, 0, 10)]
    [InlineData(null, 0L, 10, false, 0, 0)]
    [InlineData(0L, long.MaxValue, 10, true, 0, 10)]
    [InlineData(long.MaxValue, null, 10, false, 0, 0)]
    [InlineData(0L, 0L, 0, false, 0, 0)]
    [InlineData(null, 5L, 0, false, 0, 0)]
    public void A_range_is_resolved_against_a_length(long? first, long? last, long length, bool isThere, long offset, long count)
    {
        Assert.Equal(isThere, new ByteRange(first, last).TryResolve(length, out long from, out long many));
        if (isThere)
            Assert.Equal((offset, count), (from, many));
    }

    [Fact]
    public async Task Validators_of_a_response_are_set_and_taken_away()
    {
        await using var server = new RunningServer(Kind.InMemory, [Get("/", request =>
        {
            var response = new Response { ETag = new ETag("x", true), LastModified = new DateTimeOffset(1994, 11, 6, 8, 49, 37, 900, TimeSpan.Zero), CacheControl = "no-store" };
            Assert.Equal(("W/\"x\"", 37, "no-store"), (response.ETag.ToString(), response.LastModified!.Value.Second, response.CacheControl));
            return response;
        })]);
        var response = await server.GetAsync("/");
        Assert.Equal(("W/\"x\"", "Sun, 06 Nov 1994 08:49:37 GMT", "no-store"), (response["ETag"], response["Last-Modified"], response["Cache-Control"]));
        var empty = new Response { ETag = new ETag("x"), LastModified = DateTimeOffset.UnixEpoch, CacheControl = "x" };
        (empty.ETag, empty.LastModified, empty.CacheControl) = (null, null, null);
        Assert.Empty(empty.Headers);
        Assert.Throws<ArgumentException>(() => empty.ETag = ETag.Any);
    }

    private static async Task WithAsync(string fields, Action<Request> check)
    {
        var options = new ServerOptions { TimeProvider = new FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero)) };
        await using var server = new RunningServer(Kind.InMemory, [Get("/", request =>
        {
            check(request);
            return Response.Text("checked");
        })], options);
        var response = await server.AskAsync($"GET / HTTP/1.1\r\nHost: a\r\n{fields}\r\n\r\n");
        Assert.Empty(server.Log.Complaints.Select(line => line.Exception?.ToString()));
        Assert.Equal("checked", response.Text);
    }
}
