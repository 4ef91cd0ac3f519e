using Microsoft.Extensions.Time.Testing;

namespace Millrace.Tests.Responses;

/// <summary>The two fields that the server writes by itself (RFC 9110 6.6.1, 10.2.4; row 140).</summary>
public sealed class DateAndServerTests
{
    private static readonly Route[] Routes =
    [
        Get("/", request => new Response()),
        Get("/own", request =>
        {
            var response = new Response();
            response.Headers["date"] = "Thu, 01 Jan 1970 00:00:00 GMT";
            response.Headers["SERVER"] = "Mine";
            return response;
        }),
        Get("/stream", async request =>
        {
            var response = new StreamResponse();
            await response.PrepareAsync(request);
            return response;
        }),
    ];

    [Fact]
    public async Task The_date_moves_once_a_second_in_every_kind_of_response()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(1994, 11, 6, 8, 49, 37, 250, TimeSpan.Zero));
        await using var server = new RunningServer(Kind.InMemory, Routes, new ServerOptions { TimeProvider = time });
        using var client = await server.ConnectAsync();
        foreach (var (milliseconds, date) in new[]
        {
            (0, "Sun, 06 Nov 1994 08:49:37 GMT"), (749, "Sun, 06 Nov 1994 08:49:37 GMT"), (1, "Sun, 06 Nov 1994 08:49:38 GMT"),
            (999, "Sun, 06 Nov 1994 08:49:38 GMT"), (1, "Sun, 06 Nov 1994 08:49:39 GMT"), (60_000, "Sun, 06 Nov 1994 08:50:39 GMT"),
        })
        {
            time.Advance(TimeSpan.FromMilliseconds(milliseconds));
            foreach (string path in new[] { "/", "/stream", "/nowhere" })
            {
                await client.GetAsync(path);
                Assert.Equal(date, (await client.ReadAsync())["Date"]);
            }
        }
        await client.SendAsync("\0");
        Assert.Equal("Sun, 06 Nov 1994 08:50:39 GMT", (await client.ReadAsync())["Date"]);
    }

    [Theory]
    [InlineData("Millrace", true)]
    [InlineData("Other/1.0 (x)", true)]
    [InlineData(null, true)]
    [InlineData("Millrace", false)]
    public async Task The_server_and_date_fields_are_as_the_options_say(string? name, bool hasDate)
    {
        await using var server = new RunningServer(Kind.InMemory, Routes, new ServerOptions { ServerHeader = name, DateHeader = hasDate });
        foreach (string target in new[] { "/", "/stream", "/nowhere", "bad" })
        {
            var response = await server.GetAsync(target);
            Assert.Equal(name, response["Server"]);
            Assert.Equal(hasDate, response["Date"] is not null);
        }
    }

    [Fact]
    public async Task A_response_keeps_a_date_and_a_server_of_its_own()
    {
        await using var server = new RunningServer(Kind.InMemory, Routes);
        var response = await server.GetAsync("/own");
        Assert.Equal(("Thu, 01 Jan 1970 00:00:00 GMT", "Mine"), (response["Date"], response["Server"]));
    }

    [Fact]
    public async Task Date_and_server_come_back_when_the_response_lets_go_of_its_own()
    {
        await using var server = new RunningServer(Kind.InMemory, [Get("/", request =>
        {
            var response = new Response();
            response.Headers["Date"] = "x";
            response.Headers["Server"] = "y";
            response.Headers["Date"] = null;
            response.Headers.Remove("Server");
            return response;
        })]);
        var answer = await server.GetAsync("/");
        Assert.Equal("Millrace", answer["Server"]);
        Assert.NotEqual("x", answer["Date"]);
    }
}
